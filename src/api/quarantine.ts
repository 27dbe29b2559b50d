import { stateKeysOf } from '../device/describe/state-fields.ts'
import type { Device } from '../device/device.ts'
import { publicValues } from '../device/mask.ts'
import { calmValues } from '../device/receive/danger.ts'
import { requiredFor } from '../device/receive/evidence.ts'
import { readText } from '../device/receive/read.ts'
import type { TextReadAgain } from '../ledger/inbox/read-again.ts'
import type { QuarantinedText } from '../ledger/lists/recent-texts.ts'
import { isoTime } from '../message/result.ts'
import { reaches } from '../message/trust.ts'
import { usable } from '../sms/smsc-clock.ts'
import type { ApiDeps } from './operation.ts'
import { type Named, subjectOf } from './subject.ts'

/** The latest texts of a device, those from before it was one included, or of an unknown number. */
export function textsOf(named: Named, deps: ApiDeps): Promise<QuarantinedText[]> {
  const { device, numbers } = subjectOf(named, deps)
  return deps.store.read('recentTexts', { device, senders: numbers })
}

/** The latest texts of a sender that belongs to no device, as the network names it. */
export const textsFrom = (sender: string, { store }: ApiDeps): Promise<QuarantinedText[]> =>
  store.read('recentTexts', { device: null, senders: [sender] })

/** Reads what lies in quarantine of a device as it is now; how many texts it reads of them. */
export async function readQuarantine(device: Device, deps: ApiDeps): Promise<number> {
  const unread = (await textsOf({ device: device.id }, deps)).filter(({ isRead }) => !isRead)
  const texts = unread.toReversed().flatMap((text) => readAgain(device, text) ?? [])
  if (texts.length === 0) return 0
  const change = { device: device.id, texts, fields: stateKeysOf(device), now: deps.now() }
  return (await deps.store.run('readAgain', change)).read
}

/** null where no message reads it as a whole, and where it may be of another device with the number. */
function readAgain(
  device: Device,
  { id, device: owner, text, trust, receivedAt, smscAt }: QuarantinedText,
): TextReadAgain | null {
  if (owner !== null && trust === 'stranger') return null
  const stamp = smscAt === null ? null : usable({ scts: Date.parse(smscAt), receivedAt })
  const at = Math.min(stamp ?? receivedAt, receivedAt)
  const [reading] = readText(device, text, { receivedAt: isoTime(receivedAt), scts: isoTime(at) })
  if (reading === undefined || device.dialect.messages[reading.message] === undefined) return null
  const { message, event, ends } = reading
  const events = [event ?? [], ends === null ? [] : `${ends}_end`].flat()
  const needed = requiredFor(device, {
    values: reading.values,
    events,
    required: reading.trust === null ? [] : [reading.trust],
  })
  // From the number of the device, before that was one.
  const level = owner === null ? 'number' : trust
  const values = reaches(level, needed) ? calmValues(device, { values: publicValues(reading), event }) : {}
  return { id, message, reading: reading.reading === 'partial' ? 'partial' : null, values, at, receivedAt }
}
