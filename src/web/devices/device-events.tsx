import type { TypeFilter } from '../../message/public-event-types.ts'
import type { DeviceView, Value } from '../api/answer-types.ts'
import { type PastEvent, pastEvents } from '../api/past-events.ts'
import { useReading } from '../api/use-reading.ts'
import { Chip, PresenceChip } from '../parts/chip.tsx'
import { Empty } from '../parts/empty.tsx'
import { English } from '../parts/english.tsx'
import { Awaited } from '../parts/listing.tsx'
import { type Column, Table } from '../parts/table.tsx'
import { Time } from '../parts/time.tsx'
import { words } from '../texts/language.ts'
import { FieldValue } from './state-values.tsx'

const on: readonly TypeFilter[] = ['device.event', 'device.online', 'device.offline']

/** Alarms and other events of a device, as long as the hub keeps events; the latest first. */
export function DeviceEvents({ device }: { readonly device: DeviceView }) {
  const w = words()
  const { id, fields } = device
  const concerns = ({ data }: { readonly data: object }) => 'device' in data && data.device === id
  const { data: events, problem } = useReading((ended) => pastEvents(id, on, ended), id, { on, concerns })
  if (events === null) return <Awaited problem={problem} />
  if (events.length === 0)
    return (
      <Empty icon="bolt" title={w.device.noEvents}>
        <p>{w.device.noEventsYet}</p>
      </Empty>
    )
  return <Table caption={w.device.tabs.events} columns={columns(fields)} rows={events} idOf={(event) => event.id} />
}

/** Keys that are shown elsewhere, or that only programs need. */
const known: readonly string[] = [
  'device',
  'event_type',
  'id',
  'message_id',
  'received_at',
  'trust',
  'level',
  'delayed',
]

function columns(fields: DeviceView['fields']): Column<PastEvent>[] {
  const w = words()
  return [
    { label: w.messages.time, cell: ({ timestamp }) => <Time at={timestamp} as="clock" /> },
    { label: w.device.event, cell: (event) => <EventChip event={event} /> },
    {
      label: w.device.values,
      cell: ({ data }) => {
        const values = Object.entries(data).filter(([key, value]) => !known.includes(key) && value !== null)
        if (values.length === 0) return null
        return (
          <ul class="row event-values">
            {values.map(([key, value]) => (
              <li key={key}>
                <span class="small muted" lang="en">
                  {fields.find(({ name }) => name === key)?.label ?? key}
                </span>{' '}
                <FieldValue field={fields.find(({ name }) => name === key) ?? plain} value={plainOf(value)} />
              </li>
            ))}
          </ul>
        )
      },
    },
  ]
}

/** Of values that are no field of the state. */
const plain = { type: 'text', unit: null }
const plainOf = (value: unknown): Value =>
  typeof value === 'object' && value !== null ? JSON.stringify(value) : (value as Value)

function EventChip({ event: { type, data } }: { readonly event: PastEvent }) {
  if (type !== 'device.event') return <PresenceChip online={type === 'device.online'} />
  return (
    <Chip tone="calm">
      <English>{String(data.event_type ?? type).replaceAll('_', ' ')}</English>
    </Chip>
  )
}
