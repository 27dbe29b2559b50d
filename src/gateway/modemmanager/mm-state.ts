import { type CommonState, type ModemState, nothingKnown } from '../../message/gateway-state.ts'
import {
  failureOf,
  type Interfaces,
  lockOf,
  modemInterface,
  modemState,
  networkOf,
  numberOf,
  signalOf,
  technologyOf,
  textOf,
  threeGpp,
} from './mm-values.ts'

/** What a modem shows, with why it can't send; null where it can. */
export type Shown = ModemState & { readonly status: CommonState['status']; readonly obstacle: string | null }

/** ModemManager's view of a modem. Storages and dBm are not in it. */
export function shownOf(interfaces: Interfaces): Shown {
  const modem = interfaces[modemInterface] ?? {}
  const network = interfaces[threeGpp]
  const known: ModemState = {
    ...nothingKnown,
    network: networkOf(network),
    operator: textOf(network?.OperatorName) ?? textOf(network?.OperatorCode),
    technology: technologyOf(modem),
    signal_percent: signalOf(modem),
    port: textOf(modem.PrimaryPort),
    model: [textOf(modem.Manufacturer), textOf(modem.Model)].filter((part) => part !== null).join(' ') || null,
    firmware: textOf(modem.Revision),
  }
  const state = numberOf(modem.State) ?? 0
  const lock = lockOf(modem)
  if (lock === 'pin') return { ...known, status: 'sim_locked', sim: 'pin', obstacle: 'the SIM requires its PIN' }
  if (lock === 'puk')
    return {
      ...known,
      status: 'sim_locked',
      sim: 'puk',
      obstacle: 'the SIM requires its PUK: unlock it in a telephone',
    }
  if (lock === 'operator')
    return { ...known, status: 'sim_locked', obstacle: "the modem takes only its operator's SIM" }
  if (state === modemState.failed) {
    const [status, sim, obstacle] = failureOf(modem)
    return { ...known, status, sim, obstacle }
  }
  if (state < modemState.enabled)
    return { ...known, status: 'initializing', obstacle: 'ModemManager has not enabled the modem yet' }
  const isReady = state >= modemState.registered || known.network === 'registered' || known.network === 'roaming'
  const obstacle = isReady ? null : 'the modem is not registered with a network'
  return { ...known, sim: 'ready', status: isReady ? 'ready' : 'degraded', obstacle }
}
