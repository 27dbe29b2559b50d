import { hub } from '../api/hub.ts'
import { usePages } from '../api/pages.ts'
import { messageColumns } from '../messages/message-columns.tsx'
import { Empty } from '../parts/empty.tsx'
import { Listing } from '../parts/listing.tsx'
import { Table } from '../parts/table.tsx'
import { words } from '../texts/language.ts'

/** Commands and texts of one device, the newest first. */
export function DeviceHistory({ id }: { readonly id: string }) {
  const w = words()
  const pages = usePages(hub.messages, { device: id, limit: 100 }, (message) => message.id, ['message.*'])
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
