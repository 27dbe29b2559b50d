import type { UnknownSender } from '../api/answer-types.ts'
import { deviceName } from '../api/device-names.ts'
import { calls } from '../api/hub-calls.ts'
import { useResource } from '../api/resource.ts'
import { hashOf } from '../page-place.ts'
import { Empty } from '../parts/empty.tsx'
import { Head } from '../parts/head.tsx'
import { Awaited } from '../parts/listing.tsx'
import { Strange } from '../parts/strange.tsx'
import { type Column, Table } from '../parts/table.tsx'
import { Time } from '../parts/time.tsx'
import { words } from '../texts/language.ts'
import { numberOf } from '../texts/times.ts'

/** Who has sent texts that no profile reads. */
export function UnknownSenders() {
  const w = words()
  const { data, problem } = useResource(calls.unknownSenders, {}, { on: ['message.received', 'device.*'] })
  return (
    <>
      <Head title={w.screens.unknown} up="#/home" />
      <div class="stack">
        <p class="muted">{w.unknown.about}</p>
        {data === null && <Awaited problem={problem} />}
        {data?.senders.length === 0 && <Empty icon="check" title={w.unknown.allRead} />}
        {data !== null && data.senders.length > 0 && (
          <Table caption={w.screens.unknown} columns={columns()} rows={data.senders} idOf={aboutOf} />
        )}
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
