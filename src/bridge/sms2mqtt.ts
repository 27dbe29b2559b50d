import type { Accepted } from '../message/accepted.ts'
import type { GatewayState } from '../message/gateway-state.ts'
import type { HubEvent } from '../message/hub-event.ts'
import { isObject, readJson } from '../message/json.ts'
import { asksPrivacy } from '../message/payload.ts'
import type { Publish } from '../message/publish.ts'
import type { SmsStatusDocument } from '../message/result.ts'
import { acceptPublish } from '../mqtt/accept-publish.ts'

/** Topic of inbound texts of this dialect, below the base topic. */
export const sms2mqttInbound = 'compat/sms2mqtt/send'

/** Texts of pending messages, for their `sent`: more than a modem sends in a day. */
const maxPending = 5_000
/** Marks messages of this dialect. */
const mark = 's2m_'

const failed = ['failed', 'expired', 'cancelled', 'rejected', 'undelivered', 'in_doubt']

/**
 * The topics of sms2mqtt, so that its automations keep working: `send`, `sent`, `received`, `connected` and `signal`
 * below its prefix, on the hub's own queue.
 */
export class Sms2mqtt {
  readonly #prefix: string
  readonly #emit: (event: HubEvent<'dialect' | 'dialect_state'>) => void
  readonly #newId: () => string
  readonly #texts = new Map<string, string>()
  readonly #reported = new Set<string>()

  constructor(prefix: string, newId: () => string, emit: (event: HubEvent<'dialect' | 'dialect_state'>) => void) {
    this.#prefix = prefix
    this.#newId = newId
    this.#emit = emit
  }

  /** The publish as one on `sms/send`; null, with an error published, when it is invalid in this dialect. */
  accept(publish: Publish): Accepted | null {
    const payload = Buffer.from(publish.payload).toString('utf8')
    const text = textIn(payload)
    const isPrivate = asksPrivacy(payload)
    if (text === null) {
      this.#publish('sent', {
        result: 'error : JSON with "number" and "text" is needed',
        ...(!isPrivate && { payload: payload.slice(0, 1_000) }),
      })
      return null
    }
    const ref = `${mark}${this.#newId()}`
    if (this.#texts.size >= maxPending) this.#texts.delete(this.#texts.keys().next().value as string)
    if (!isPrivate) this.#texts.set(ref, text)
    const accepted = acceptPublish({ ...publish, topic: 'sms/send' })
    // For correlation in published statuses; repetitions are not detected by it.
    return accepted && { ...accepted, origin: { ...accepted.origin, ref: accepted.origin.ref ?? ref } }
  }

  /** Statuses of texts, and received texts. */
  published({ kind, data }: HubEvent, now: number): void {
    if (kind === 'received') {
      const { from, text, smsc_at: at, received_at: seen } = data
      this.#publish('received', { datetime: localTime(Date.parse(at ?? seen)), number: from, text })
    } else if (kind === 'sms_status' || kind === 'repeated_sms_status' || kind === 'unkept_sms_status')
      this.#status(data, now)
  }

  /** Publishes the retained states. */
  get states(): readonly string[] {
    return ['connected', 'signal'].map((name) => this.#topic(name))
  }

  state(connected: boolean): void {
    this.#show('connected', connected ? '1' : '0')
  }

  signal({ modem }: GatewayState): void {
    const { signal_dbm: dbm = null, signal_percent: percent = null } = modem ?? {}
    if (dbm === null && percent === null) return
    const signal = { SignalStrength: dbm ?? -1, SignalPercent: percent ?? -1, BitErrorRate: -1 }
    this.#show('signal', JSON.stringify(signal))
  }

  /** Published once for a number: when the network has accepted the text, or has finally failed to. */
  #status({ command_id: id, client_id: ref, to, status, error }: SmsStatusDocument, now: number): void {
    const success = status === 'sent' || status === 'delivered'
    if (ref?.startsWith(mark) !== true || (!success && !failed.includes(status)) || this.#reported.has(id)) return
    if (this.#reported.size >= maxPending) this.#reported.clear()
    this.#reported.add(id)
    const result = success ? 'success' : `error : ${error?.message ?? status}`
    this.#publish('sent', { result, datetime: localTime(now), number: to, text: this.#texts.get(ref) ?? '' })
  }

  #publish(name: string, payload: object): void {
    this.#emit({ kind: 'dialect', subject: this.#topic(name), data: JSON.stringify(payload) })
  }

  #show(name: string, payload: string): void {
    this.#emit({ kind: 'dialect_state', subject: this.#topic(name), data: payload })
  }

  #topic(name: string): string {
    return `${this.#prefix}/${name}`
  }
}

function textIn(payload: string): string | null {
  try {
    const json = readJson(payload)
    if (!isObject(json)) return null
    const keys = Object.fromEntries(Object.entries(json).map(([key, value]) => [key.toLowerCase(), value]))
    return typeof keys.text === 'string' && keys.number !== undefined ? keys.text : null
  } catch {
    return null
  }
}

/** `2021-01-23 13:00:00` in local time, as sms2mqtt writes it. */
function localTime(time: number): string {
  const date = new Date(time)
  const two = (value: number) => String(value).padStart(2, '0')
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`
  return `${day} ${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`
}
