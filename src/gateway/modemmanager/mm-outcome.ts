import { refusedUnsent, type SubmitOutcome } from '../../message/submit-outcome.ts'
import type { CallFailure } from './dbus.ts'

const errors = 'org.freedesktop.ModemManager1.Error.'

/** They are decided before ModemManager gives anything to the modem, whatever the text is. */
const notDone =
  /^(not_connected|org\.freedesktop\.DBus\.Error\.(ServiceUnknown|NameHasNoOwner|UnknownMethod|UnknownObject|UnknownInterface|AccessDenied|LimitsExceeded|Spawn\..*)|org\.freedesktop\.ModemManager1\.Error\.Core\.(Unauthorized|WrongState|Unsupported|NotFound|InProgress))$/

/** Whether an error of this name proves that the modem got nothing. */
export const isNotDone = (name: string): boolean => notDone.test(name)

/**
 * MMMessageError (TS 27.005 clause 3.2.5), where it proves that the modem did not send a text of one part. Any cause of
 * the network is `Unknown` there, so that it is not known what became of the text.
 */
const refusals: Readonly<Record<string, 'retry' | 'give_up' | 'pause'>> = {
  SmsServiceReserved: 'retry',
  NotAllowed: 'retry',
  NotSupported: 'give_up',
  InvalidPduParameter: 'give_up',
  InvalidTextParameter: 'give_up',
  SimNotInserted: 'pause',
  SimPin: 'pause',
  PhSimPin: 'pause',
  SimFailure: 'pause',
  SimBusy: 'retry',
  SimWrong: 'pause',
  SimPuk: 'pause',
  SimPin2: 'pause',
  SimPuk2: 'pause',
  MemoryFailure: 'pause',
  MemoryFull: 'retry',
  SmscAddressUnknown: 'pause',
}

/** Create() was refused: nothing can have left. */
export function notCreated({ name, message }: CallFailure): SubmitOutcome {
  const isOurs = name === `${errors}Core.InvalidArgs`
  return isOurs ? refusedUnsent('gateway', message) : { outcome: 'not_sent', reason: message }
}

/** Send() failed. Of a text of several parts the first ones may be out, whatever the error of a later one is. */
export function sendFailure({ name, message }: CallFailure, parts: number): SubmitOutcome {
  if (isNotDone(name)) return { outcome: 'not_sent', reason: message }
  const word = name.startsWith(`${errors}Message.`) ? name.slice(name.lastIndexOf('.') + 1) : ''
  const next = Object.hasOwn(refusals, word) ? refusals[word] : undefined
  if (next === undefined || parts > 1) return { outcome: 'in_doubt', reason: `ModemManager: ${message}` }
  const text = `ModemManager: ${message}`
  return { outcome: 'refused', cause: { text, scheme: null, code: word, by: 'gateway', accepted: 'no', next } }
}
