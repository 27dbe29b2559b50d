import Database from 'better-sqlite3'
import type { HubEvent } from '../../src/message/hub-event.ts'
import { Statements } from '../../src/store/sqlite/statements.ts'
import type { Store } from '../../src/store/store.ts'
import { Carrier, CarrierGateway } from './carrier.ts'
import { overviewWritten } from './conversation-scan.ts'
import { type HttpHub, startHttpHub } from './http-hub.ts'
import { testClock } from './world.ts'

export interface Size {
  readonly devices: number
  readonly messages: number
  readonly gateways: number
  readonly events: number
}

/** As many as the hub is made for. */
export const large: Size = { devices: 20_000, messages: 100_000, gateways: 32, events: 60_000 }

export const deviceAt = (i: number): string => `device-${String(i).padStart(5, '0')}`
const numberAt = (i: number): string => `+4916${20_000_000 + i}`

export interface LargeHub extends HttpHub {
  /** As the flows emit what has happened. */
  emit(events: readonly HubEvent[]): Promise<void>
}

/** A hub with a large fleet and a long history, whose conversation with the first device is the longest. */
export async function startLargeHub(size: Size = large): Promise<LargeHub> {
  let store: Store | null = null
  const ids = Array.from({ length: size.gateways - 1 }, (_, i) => `gateway-${i}`)
  const carrier = new Carrier(testClock, { answerMs: () => 20, reportMs: () => 50 })
  const started = await startHttpHub({
    gateways: ids.map((id) => `${id}: { type: modem, path: none }`),
    hub: {
      makeStore: async (folder, now) => {
        store = await folder.openStore(testClock, { now })
        fill(folder.storePath, size, now())
        return store
      },
      makeGateway: (id) => new CarrierGateway(id, carrier),
    },
  })
  const profiles = ['coban/tk103', 'elbro/smsb-m21t', 'generic/text']
  for (let from = 0; from < size.devices; from += 5_000) {
    const devices = Array.from({ length: Math.min(5_000, size.devices - from) }, (_, i) => ({
      id: deviceAt(from + i),
      name: `Pump ${from + i}`,
      profile: profiles[(from + i) % profiles.length],
      number: numberAt(from + i),
    }))
    await started.hub.request('device/add', { devices })
  }
  return { ...started, emit: (events) => (store as unknown as Store).run('emit', [...events]) }
}

/** What a busy fleet tells, each time of another device: states, reports, texts, and that its queue is paused. */
export function happenings(count: number, from = 0): HubEvent[] {
  return Array.from({ length: count }, (_, at) => {
    const i = from + at
    const subject = deviceAt((i * 7919) % large.devices)
    const known = { device: subject, gateway: 'gateway-1', smsc_at: null, received_at: new Date().toISOString() }
    const text = { id: `live-${i}`, from: numberAt(i), text: `report ${i}`, parts: 1, trust: 'number' } as const
    const kinds: readonly HubEvent[] = [
      { kind: 'state', subject, data: { battery: i % 100 } },
      { kind: 'device_event', subject, data: { event_type: 'report', level: 'low', number: i } },
      { kind: 'received', subject, data: { ...text, ...known, parsed: true, encoding: 'gsm7' } },
      { kind: 'hub_event', subject: '', data: { type: 'queue_paused', data: { device: subject } } },
    ]
    return kinds[i % kinds.length] as HubEvent
  })
}

/** Half of the texts are out, half in; a fifth of each is with the first device, a tenth with persons. */
function fill(path: string, { devices, messages, events }: Size, now: number): void {
  const db = new Database(path)
  const each = Math.floor(messages / 2)
  const device = `CASE WHEN i % 10 = 0 THEN NULL WHEN i % 5 = 1 THEN '${deviceAt(0)}'
    ELSE 'device-' || substr('0000' || (i * 7919 % ${devices}), -5) END`
  const person = `'+49171' || (1000000 + i % 5000)`
  const numbers = `WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?)`
  const own = `'device-' || substr('0000' || (i * 7919 % ${devices}), -5)`
  const at = `? - (${each} - i) * 10000`
  db.transaction(() => {
    db.prepare(
      `${numbers} INSERT INTO submission (command_id, message_id, client, lane, device, verb, recipient, text, status,
         sms_status, final, queued_at, sent_at, final_at)
       SELECT 'c' || i, 'o' || i, 'admin', CASE WHEN i % 10 = 0 THEN 'n:' || ${person} ELSE NULL END, ${device}, 'text',
         CASE WHEN i % 10 = 0 THEN ${person} ELSE '+491620000000' END, 'text number ' || i, 'delivered', 'delivered', 1,
         ${at}, ${at}, ${at} FROM n`,
    ).run(each, now, now, now)
    db.prepare(
      `${numbers} INSERT INTO incoming (message_id, device, sender, gateway, text, document, received_at)
       SELECT 'm' || i, ${device}, ${person}, 'gateway-1', 'answer number ' || i, 'null', ${at} FROM n`,
    ).run(each, now)
    db.prepare(
      `${numbers} INSERT INTO event (kind, subject, device, data, at)
       SELECT 'device_event', ${own}, ${own}, '{"event_type":"alarm"}', ?
       FROM n`,
    ).run(events, now)
    overviewWritten(new Statements(db))
    db.exec('UPDATE conversation SET read_to = COALESCE(received, 0)')
  })()
  db.close()
}
