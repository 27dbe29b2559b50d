import type { EventPage } from '../api/answer-types.ts'
import { ask } from '../api/ask.ts'
import { calls } from '../api/hub-calls.ts'
import { useReading } from '../api/use-reading.ts'
import { Chip } from '../parts/chip.tsx'
import { Empty } from '../parts/empty.tsx'
import { Awaited } from '../parts/listing.tsx'
import { Strange } from '../parts/strange.tsx'
import { type Column, Table } from '../parts/table.tsx'
import { Time } from '../parts/time.tsx'
import { words } from '../texts/language.ts'

type DeviceEvent = EventPage['data'][number]

const on = ['device.event', 'device.online', 'device.offline']
const types = on.join()
const pageSize = 500

/** Alarms and other events of a device, as long as the hub keeps events; the latest first. */
export function DeviceEvents({ id }: { readonly id: string }) {
  const w = words()
  const concerns = ({ data }: { readonly data: object }) => 'device' in data && data.device === id
  const { data: events, problem } = useReading((ended) => latestOf(id, ended), id, { on, concerns })
  if (events === null) return <Awaited problem={problem} />
  if (events.length === 0)
    return (
      <Empty icon="bolt" title={w.device.noEvents}>
        <p>{w.device.noEventsYet}</p>
      </Empty>
    )
  return <Table caption={w.device.tabs.events} columns={columns()} rows={events} idOf={(event) => event.id} />
}

async function latestOf(device: string, ended: AbortSignal): Promise<readonly DeviceEvent[]> {
  const { data } = await ask(calls.events, { types, device, limit: pageSize, before: 'newest' }, ended)
  return data
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

function columns(): Column<DeviceEvent>[] {
  const w = words()
  return [
    { label: w.messages.time, cell: ({ timestamp }) => <Time at={timestamp} as="clock" /> },
    { label: w.device.event, cell: ({ type, data }) => <Chip tone="calm">{String(data.event_type ?? type)}</Chip> },
    {
      label: w.device.values,
      cell: ({ data }) => (
        <Strange
          text={Object.entries(data)
            .filter(([key, value]) => !known.includes(key) && value !== null)
            .map(([key, value]) => `${key}: ${typeof value === 'object' ? JSON.stringify(value) : value}`)
            .join(', ')}
        />
      ),
    },
  ]
}
