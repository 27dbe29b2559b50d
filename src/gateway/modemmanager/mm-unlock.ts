import { allowPin, noPin, type PinMemory, pinNotTaken, simFault } from '../pin.ts'
import type { CallFailure } from './dbus.ts'
import type { MmLink } from './mm-link.ts'
import { isNotDone } from './mm-outcome.ts'
import { type Interfaces, modemInterface, pathOf, pinTriesOf, service, textOf } from './mm-values.ts'

const sim = `${service}.Sim`
const sendPinMs = 60_000

/** Enters the PIN, once; rejects with a Fault where a person has to act. */
export async function unlock(
  link: MmLink,
  interfaces: Interfaces,
  code: string | undefined,
  memory: PinMemory,
): Promise<void> {
  if (code === undefined) throw simFault('pin', noPin)
  const modem = interfaces[modemInterface] ?? {}
  const path = pathOf(modem.Sim)
  if (path === null) throw simFault('pin', 'ModemManager does not show the SIM that requires its PIN')
  const card = async () =>
    (await iccidOf(link, interfaces)) ?? textOf(modem.EquipmentIdentifier) ?? textOf(modem.DeviceIdentifier) ?? ''
  const { key, fate } = await allowPin({ code, memory, left: pinTriesOf(modem), card })
  await memory.note(key, fate)
  try {
    await link.call(path, `${sim}.SendPin`, { signature: 's', body: [code], timeoutMs: sendPinMs })
  } catch (error) {
    const { isAnswered, name, message } = error as CallFailure
    if (isNotDone(name)) await memory.note(key, 'not_entered')
    if (!isAnswered || isNotDone(name)) throw error
    // Whatever was wrong with it, it is not entered again.
    await memory.note(key, 'refused')
    throw simFault('pin', `${pinNotTaken().message} (${message})`)
  }
  await memory.note(key, 'right')
}

/** The ICCID of the SIM; null where it can't be read. */
export async function iccidOf(link: MmLink, interfaces: Interfaces): Promise<string | null> {
  const path = pathOf(interfaces[modemInterface]?.Sim)
  return path === null ? null : textOf((await link.propertiesOf(path, sim)).SimIdentifier)
}
