import type { HistoryEntry } from '../api/answers.ts'
import { hub } from '../api/hub.ts'
import { usePages } from '../api/pages.ts'
import { StatusChip } from '../parts/chip.tsx'
import { Empty } from '../parts/empty.tsx'
import { Icon } from '../parts/icon.tsx'
import { Listing } from '../parts/listing.tsx'
import { Strange } from '../parts/strange.tsx'
import { type Column, Table } from '../parts/table.tsx'
import { Time } from '../parts/time.tsx'
import { words } from '../texts/language.ts'

const span = '90d'

/** Commands and texts of one device, the newest first. */
export function DeviceHistory({ id }: { readonly id: string }) {
  const w = words()
  const pages = usePages(
    hub.history,
    { about: id, since: span, limit: 100 },
    (entry) => `${entry.direction}${entry.id}`,
    ['message.*', 'command.*'],
  )
  return (
    <Listing
      pages={pages}
      empty={
        <Empty icon="clock" title={w.device.noHistory}>
          <p>{w.device.noHistoryYet}</p>
        </Empty>
      }
    >
      {(rows) => (
        <Table
          caption={w.device.tabs.history}
          columns={columns()}
          rows={rows}
          idOf={(entry) => `${entry.direction}${entry.id}`}
        />
      )}
    </Listing>
  )
}

function columns(): Column<HistoryEntry>[] {
  const w = words()
  return [
    { label: w.messages.time, cell: ({ at }) => <Time at={at} as="clock" /> },
    {
      label: w.messages.direction,
      cell: ({ direction }) => (
        <span class="row">
          <Icon name={direction} little /> {w.messages[direction]}
        </span>
      ),
    },
    {
      label: w.messages.text,
      cell: ({ command, text, reply, error }) => (
        <>
          {command !== null && <span class="strong">{command} </span>}
          {text !== null && <Strange text={text} />}
          {reply !== null && (
            <p class="quote small">
              <Strange text={reply} />
            </p>
          )}
          {error !== null && <p class="small wrong-words">{error}</p>}
        </>
      ),
    },
    { label: w.devices.state, cell: ({ status, ok }) => <StatusChip status={status} ok={ok} /> },
  ]
}
