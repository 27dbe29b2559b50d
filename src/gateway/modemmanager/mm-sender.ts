import type { Segment } from '../../message/segment.ts'
import { refusedUnsent, type SendPermit, type SubmitOutcome } from '../../message/submit-outcome.ts'
import { octetsOf } from '../../sms/octets.ts'
import { segmentText } from '../../sms/segment-text.ts'
import { relativeValidity } from '../../sms/validity.ts'
import { type CallFailure, typed } from './dbus.ts'
import type { MmLink } from './mm-link.ts'
import { notCreated, sendFailure } from './mm-outcome.ts'
import { messaging, numberOf, service } from './mm-values.ts'

/** ModemManager gives each part two minutes and more; the hub ends its wait for an outcome after five. */
const sendMs = 290_000
const minuteSeconds = 60
/** Of an SMS without a header (TS 23.040 clause 9.2.3.16). */
const mostOctets = 140
/** MMSmsValidityType. */
const relative = 1

/** Sends one text as a whole: ModemManager splits it, and takes no part with a header of ours. */
export async function sendText(
  link: MmLink,
  modem: string,
  segment: Segment,
  permit: () => Promise<SendPermit>,
  log: (message: string) => void,
): Promise<SubmitOutcome> {
  const { content } = segment
  if (content.alphabet === 'data' && content.data.length > 2 * mostOctets)
    return refusedUnsent('hub', `ModemManager takes at most ${mostOctets} octets`)
  const parts = content.alphabet === 'data' ? 1 : segmentText(content.text).segments.length
  let path: string
  try {
    path = await link.call<string>(modem, `${messaging}.Create`, { signature: 'a{sv}', body: [fieldsOf(segment)] })
  } catch (error) {
    return notCreated(error as CallFailure)
  }
  const { lost } = link
  try {
    const verdict = await permit()
    if (verdict !== 'go') return { outcome: 'not_sent', reason: verdict }
    // The path may be that of another text after a restart.
    if (lost.isFired) return { outcome: 'not_sent', reason: 'ModemManager has ended before it was sent' }
    await link.call(path, `${service}.Sms.Send`, { timeoutMs: sendMs })
    return { outcome: 'sent', reference: await referenceOf(link, path, log) }
  } catch (error) {
    return sendFailure(error as CallFailure, parts)
  } finally {
    if (!lost.isFired) await forgotten(link, modem, path, log)
  }
}

function fieldsOf({ to, content, validitySeconds, report, messageClass }: Segment): Record<string, unknown> {
  const minutes = relativeValidity(validitySeconds).seconds / minuteSeconds
  return {
    number: typed('s', to),
    ...(content.alphabet === 'data'
      ? { data: typed('ay', Buffer.from(octetsOf(content.data))) }
      : { text: typed('s', content.text) }),
    validity: typed('(uv)', [relative, typed('u', minutes)]),
    ...(messageClass !== null && { class: typed('i', messageClass) }),
    'delivery-report-request': typed('b', report),
  }
}

/** TP-MR of the last part, which is the one with a report; it was sent, so a failure here changes nothing of that. */
async function referenceOf(link: MmLink, path: string, log: (message: string) => void): Promise<string | null> {
  try {
    const { MessageReference } = await link.propertiesOf(path, `${service}.Sms`)
    const reference = numberOf(MessageReference)
    return reference === null ? null : String(reference)
  } catch (error) {
    log(`the reference of a text can't be read: ${(error as Error).message}`)
    return null
  }
}

/** One that stays costs memory, and nothing else. */
async function forgotten(link: MmLink, modem: string, path: string, log: (message: string) => void): Promise<void> {
  try {
    await link.call(modem, `${messaging}.Delete`, { signature: 'o', body: [path] })
  } catch (error) {
    log(`${path} can't be deleted: ${(error as Error).message}`)
  }
}
