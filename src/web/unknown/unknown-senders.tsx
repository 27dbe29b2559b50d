import type { UnknownSender } from '../api/answer-types.ts'
import { deviceName } from '../api/device-names.ts'
import { calls } from '../api/hub-calls.ts'
import { usePages } from '../api/paged.ts'
import { hashOf } from '../page-place.ts'
import { Empty } from '../parts/empty.tsx'
import { Head } from '../parts/head.tsx'
import { Listing } from '../parts/listing.tsx'
import { Strange } from '../parts/strange.tsx'
import { type Column, Table } from '../parts/table.tsx'
import { Time } from '../parts/time.tsx'
import { words } from '../texts/language.ts'
import { numberOf } from '../texts/times.ts'

/** Who has sent texts that no profile reads. */
export function UnknownSenders() {
  const w = words()
  const on = ['message.received', 'device.*'] as const
  const pages = usePages(calls.unknownSenders, { limit: 50 }, aboutOf, { on })
  return (
    <>
      <Head title={w.screens.unknown} up="#/home" />
      <div class="stack">
        <p class="muted">{w.unknown.about}</p>
        <Listing pages={pages} empty={<Empty icon="check" title={w.unknown.allRead} />}>
          {(rows) => <Table caption={w.screens.unknown} columns={columns()} rows={rows} idOf={aboutOf} />}
        </Listing>
      </div>
    </>
  )
}

/** A device, or the sender of one that is none. */
const aboutOf = ({ device, from }: UnknownSender): string => device ?? from ?? ''

function columns(): Column<UnknownSender>[] {
  const w = words()
  return [
    {
      label: w.unknown.sender,
      cell: (sender) => (
        <>
          <a class="strong" href={hashOf(['unknown', aboutOf(sender)])}>
            {sender.device === null ? <Strange text={sender.from ?? ''} /> : deviceName(sender.device)}
          </a>
          {sender.device === null && <span class="small muted"> {w.unknown.isNoDevice}</span>}
        </>
      ),
    },
    { label: w.unknown.count, cell: ({ texts }) => numberOf(texts) },
    { label: w.unknown.lastAt, cell: ({ last_at }) => <Time at={last_at} /> },
    { label: w.unknown.last, cell: ({ last_text }) => <Strange text={last_text} /> },
  ]
}
