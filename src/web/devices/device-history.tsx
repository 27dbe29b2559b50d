import { calls } from '../api/hub-calls.ts'
import { usePages } from '../api/paged.ts'
import { messageColumns } from '../messages/message-columns.tsx'
import { Empty } from '../parts/empty.tsx'
import { Listing } from '../parts/listing.tsx'
import { Table } from '../parts/table.tsx'
import { words } from '../texts/language.ts'

/** Commands and texts of one device, the newest first. */
export function DeviceHistory({ id }: { readonly id: string }) {
  const w = words()
  const pages = usePages(calls.messages, { device: id, limit: 100 }, (message) => message.id, {
    on: ['message.*'],
  })
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
        <Table caption={w.device.tabs.history} columns={messageColumns()} rows={rows} idOf={(message) => message.id} />
      )}
    </Listing>
  )
}
