import type { Message } from '../api/answers.ts'
import { hub } from '../api/hub.ts'
import { usePages } from '../api/pages.ts'
import { Button } from '../parts/button.tsx'
import { isStatus, StatusChip } from '../parts/chip.tsx'
import { Empty } from '../parts/empty.tsx'
import { FilterSelect } from '../parts/field.tsx'
import { Head } from '../parts/head.tsx'
import { Icon } from '../parts/icon.tsx'
import { Listing } from '../parts/listing.tsx'
import { Search } from '../parts/search.tsx'
import { Strange } from '../parts/strange.tsx'
import { type Column, Table } from '../parts/table.tsx'
import { Time } from '../parts/time.tsx'
import { hashOf } from '../place.ts'
import { place, refine } from '../router.ts'
import { words } from '../texts/language.ts'
import { useExport } from './export.ts'

const statuses = ['queued', 'sent', 'delivered', 'undelivered', 'failed', 'expired', 'cancelled', 'in_doubt'] as const
const spans = ['1d', '7d', '30d', '90d'] as const
const isSpan = (word: string): word is (typeof spans)[number] => spans.some((one) => one === word)

export function Messages() {
  const w = words()
  const { q = '', direction = '', status = '', since = '7d' } = place.value.query
  const span = isSpan(since) ? since : '7d'
  const filters = {
    since: span,
    ...(q !== '' && { q }),
    ...(direction !== '' && { direction }),
    ...(status !== '' && { status }),
  }
  const pages = usePages(hub.messages, { ...filters, limit: 100 }, ({ id }) => id, ['message.*'])
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
      <Listing pages={pages} empty={<Empty icon="messages" title={w.common.nothingFound} />}>
        {(rows) => <Table caption={w.screens.messages} columns={columns()} rows={rows} idOf={({ id }) => id} />}
      </Listing>
    </>
  )
}

function columns(): Column<Message>[] {
  const w = words()
  return [
    { label: w.messages.time, cell: ({ at }) => <Time at={at} as="clock" /> },
    {
      label: w.messages.person,
      cell: ({ direction, from, to, device }) => (
        <span class="row">
          <Icon name={direction} little />
          <span class="unseen">{w.messages[direction]}</span>
          <Person number={direction === 'in' ? from : to} device={device} />
        </span>
      ),
    },
    {
      label: w.messages.text,
      cell: ({ text, command, error }) => (
        <>
          {command !== null && <span class="strong">{command} </span>}
          {text !== null && <Strange text={text} />}
          {error !== null && <p class="small wrong-words">{error.message}</p>}
        </>
      ),
    },
    { label: w.devices.state, cell: ({ status }) => <StatusChip status={status} /> },
    { label: w.devices.gateway, cell: ({ gateway }) => gateway ?? '–' },
  ]
}

function Person({ number, device }: { readonly number: string | null; readonly device: string | null }) {
  if (device !== null) return <a href={hashOf(['devices', device])}>{device}</a>
  if (number === null) return <span>–</span>
  return (
    <a href={hashOf(['conversations', number])}>
      <Strange text={number} />
    </a>
  )
}
