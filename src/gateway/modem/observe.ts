import type { ModemState } from '../../message/gateway-state.ts'
import type { Reply } from './line/channel.ts'
import { extendedSignalIn, levelIn, operatorIn, registrationIn, registrationStat, signalIn } from './line/parse.ts'

export type StorageLevel = Pick<ModemState, 'storage_used' | 'storage_total'>
export type Observation = Pick<ModemState, 'network' | 'signal_dbm' | 'signal_percent'>

/** Sends a command when the line is free. */
export type Ask = (text: string, ms: number) => Promise<Reply>

/** Registration and signal. Any of the three networks will do for texts. */
export async function observe(ask: Ask): Promise<Observation> {
  const states: ModemState['network'][] = []
  for (const name of ['CREG', 'CGREG', 'CEREG']) {
    const { lines } = await ask(`AT+${name}?`, 5_000)
    const reported = lines.filter((line) => registrationStat(line) !== null)
    // Some vendors answer in the unsolicited form.
    const line = reported.findLast((one) => registrationStat(one)?.isAnswer) ?? reported.at(-1)
    if (line !== undefined) states.push(registrationIn(line) ?? 'unknown')
    if (states.some(isUsable)) break
  }
  const signal = signalIn((await ask('AT+CSQ', 5_000)).lines) ?? extendedSignalIn((await ask('AT+CESQ', 5_000)).lines)
  return {
    network: states.find(isUsable) ?? states[0] ?? 'unknown',
    signal_dbm: signal?.dbm ?? null,
    signal_percent: signal?.percent ?? null,
  }
}

/** Some modems search for half a minute: not to be queried while texts wait. */
export async function observeOperator(ask: Ask): Promise<Pick<ModemState, 'operator' | 'technology'>> {
  return operatorIn((await ask('AT+COPS?', 30_000)).lines) ?? { operator: null, technology: null }
}

/** How full the storage of new messages is; null where the modem does not report it. */
export async function observeStorage(ask: Ask): Promise<StorageLevel> {
  const level = levelIn((await ask('AT+CPMS?', 5_000)).lines)
  return { storage_used: level?.used ?? null, storage_total: level?.total ?? null }
}

export function isUsable(network: ModemState['network']): boolean {
  return network === 'registered' || network === 'roaming'
}
