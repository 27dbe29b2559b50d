import { calls } from '../api/hub-calls.ts'
import { usePages } from '../api/paged.ts'
import { Button } from '../parts/button.tsx'
import { isStatus } from '../parts/chip.tsx'
import { Empty } from '../parts/empty.tsx'
import { FilterSelect } from '../parts/field.tsx'
import { Head } from '../parts/head.tsx'
import { Listing } from '../parts/listing.tsx'
import { Search } from '../parts/search.tsx'
import { Table } from '../parts/table.tsx'
import { place, refine } from '../router.ts'
import type { ScreenProps } from '../screen-props.ts'
import { words } from '../texts/language.ts'
import { useExport } from './export.ts'
import { messageColumns } from './message-columns.tsx'
import { MessagePage } from './message-page.tsx'

const statuses = ['queued', 'sent', 'delivered', 'undelivered', 'failed', 'expired', 'cancelled', 'in_doubt'] as const
const spans = ['1d', '7d', '30d', '90d'] as const
const isSpan = (word: string): word is (typeof spans)[number] => spans.some((one) => one === word)

export function Messages({ path }: ScreenProps) {
  const [id] = path
  return id === undefined ? <MessageList /> : <MessagePage key={id} id={id} />
}

function MessageList() {
  const w = words()
  const { q = '', direction = '', status = '', since = '7d' } = place.value.query
  const span = isSpan(since) ? since : '7d'
  const filters = {
    since: span,
    ...(q !== '' && { q }),
    ...(direction !== '' && { direction }),
    ...(status !== '' && { status }),
  }
  const pages = usePages(calls.messages, { ...filters, limit: 100 }, ({ id }) => id, { on: ['message.*'] })
  const { isBusy, save } = useExport(filters)
  const directions = (['', 'out', 'in'] as const).map((value) => ({
    value,
    label: value === '' ? w.messages.both : w.messages[value],
  }))
  const states = [
    { value: '', label: w.messages.allStatuses },
    ...statuses.map((value) => ({ value, label: w.status[value] })),
  ]
  return (
    <>
      <Head title={w.screens.messages}>
        <Button icon="download" disabled={isBusy || pages.rows?.length === 0} onClick={save}>
          {w.messages.export}
        </Button>
      </Head>
      <div class="filters">
        <Search label={w.messages.search} value={q} onSearch={(text) => refine({ q: text })} />
        <FilterSelect
          label={w.messages.direction}
          value={direction}
          choices={directions}
          onInput={(to) => refine({ direction: to })}
        />
        <FilterSelect
          label={w.devices.state}
          value={isStatus(status) ? status : ''}
          choices={states}
          onInput={(to) => refine({ status: to })}
        />
        <FilterSelect
          label={w.messages.span}
          value={span}
          choices={spans.map((value) => ({ value, label: w.messages.spans[value] }))}
          onInput={(to) => refine({ since: to })}
        />
      </div>
      <Listing pages={pages} empty={<NoMessages span={span} isFiltered={q + direction + status !== ''} />}>
        {(rows) => <Table caption={w.screens.messages} columns={messageColumns()} rows={rows} idOf={({ id }) => id} />}
      </Listing>
    </>
  )
}

interface NoMessagesProps {
  readonly span: (typeof spans)[number]
  readonly isFiltered: boolean
}

/** There may be older ones: the period is always one of the filters. */
function NoMessages({ span, isFiltered }: NoMessagesProps) {
  const w = words()
  return (
    <Empty icon={isFiltered ? 'search' : 'messages'} title={w.common.nothingFound}>
      <p>{w.messages.spans[span]}</p>
      {!isFiltered && <p>{w.home.noTextsYet}</p>}
    </Empty>
  )
}
