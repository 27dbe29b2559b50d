import { type Device, propertiesOf } from '../device/device.ts'
import { maskText, publicValues } from '../device/mask.ts'
import type { Reading } from '../device/read.ts'
import { isoTime } from '../message/result.ts'
import type { Values } from '../message/values.ts'
import type { TextEffects } from '../store/settle-text.ts'
import type { Correlation } from './correlate.ts'
import { numberOf } from './identify.ts'
import type { WholeText } from './reassemble.ts'

/** What identifying, reading and correlating found. */
export interface Understood {
  readonly whole: WholeText
  readonly device: Device | null
  /** When the network took it, by the hub's clock. */
  readonly sentAt: number
  readonly readings: readonly Reading[]
  readonly correlation: Correlation
}

export interface EffectRules {
  readonly unknownSenders: 'publish' | 'drop'
  /** Texts that the network took before this were there before the hub: filed, and nothing more. */
  readonly installedAt: number
  newId(prefix: string): string
}

/** A device's own clock is believed within this distance of the network's. */
const believable = 86_400_000
const installSlack = 10 * 60_000

/** Everything that follows from a text, for one transaction. */
export function effectsOf(understood: Understood, rules: EffectRules, now: number): TextEffects {
  const { whole, device, sentAt, readings, correlation } = understood
  const { answer, settlement, sets } = correlation
  const [reading] = readings
  const values: Values = { ...(reading && publicValues(reading)), ...(answer && publicValues(answer)), ...sets }
  const old = sentAt < rules.installedAt - installSlack
  const messageId = rules.newId('msg')
  const text =
    answer?.masked ?? reading?.masked ?? (device === null ? (whole.text ?? '') : maskText(device, whole.text ?? ''))
  const hidden = old || (device === null && rules.unknownSenders === 'drop')
  const event = reading?.event ?? answer?.event ?? null
  return {
    raws: whole.raws,
    assembly: whole.assembly,
    now,
    incoming: {
      messageId,
      device: device?.id ?? null,
      sender: numberOf(whole.from),
      gateway: whole.gateway,
      text,
      payload: hidden ? null : receivedPayload(messageId, text, understood),
    },
    state:
      device === null || old
        ? null
        : {
            device: device.id,
            values,
            at: timeOf(reading?.values, sentAt),
            seenAt: now,
            fields: Object.keys(propertiesOf(device)),
          },
    settlements: settlement === null || old ? [] : [settlement],
    events:
      event === null || old
        ? []
        : [
            {
              type: event,
              id: rules.newId('evt'),
              level: reading?.level ?? null,
              values,
              repeatsMs: (reading?.repeats ?? 0) * 1000,
              ends: reading?.ends ?? null,
            },
          ],
    delayed: false,
  }
}

/** The payload of `sms/received`. */
function receivedPayload(
  id: string,
  text: string,
  { whole, device, readings, correlation }: Understood,
): Record<string, unknown> {
  const [reading] = readings
  return {
    id,
    from: numberOf(whole.from),
    device: device?.id ?? null,
    gateway: whole.gateway,
    text,
    ...(whole.data !== null && { data: whole.data }),
    received_at: isoTime(whole.receivedAt),
    smsc_at: whole.scts === null ? null : isoTime(whole.scts),
    parts: whole.parts,
    parsed: reading !== undefined || (correlation.answer !== null && correlation.answer.by !== 'any_text'),
    ...(reading !== undefined && { message: reading.message }),
    encoding: whole.encoding,
    ...(whole.missing.length > 0 && { incomplete: true, missing: whole.missing }),
    ...(whole.damaged && { damaged: true }),
    ...(correlation.lateFor !== null && { late_for: correlation.lateFor }),
  }
}

/** When the values held: the device's own time where it is near the network's, else the network's. */
function timeOf(values: Values | undefined, sentAt: number): number {
  const own = values?.fix_time ?? values?.time
  const time = typeof own === 'string' ? Date.parse(own) : Number.NaN
  const zoned = typeof own === 'string' && /(Z|[+-]\d\d:\d\d)$/.test(own)
  return zoned && Math.abs(time - sentAt) < believable ? time : sentAt
}
