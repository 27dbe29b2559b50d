import type { Gateway } from '../api/answer-types.ts'
import { calls } from '../api/hub-calls.ts'
import { useResource } from '../api/resource.ts'
import { hashOf } from '../page-place.ts'
import { GatewayChip } from '../parts/chip.tsx'
import { Empty } from '../parts/empty.tsx'
import { Head } from '../parts/head.tsx'
import { Awaited } from '../parts/listing.tsx'
import { SignalBars } from '../parts/signal-bars.tsx'
import { type Column, Table } from '../parts/table.tsx'
import type { ScreenProps } from '../screen-props.ts'
import { words } from '../texts/language.ts'
import { numberOf } from '../texts/times.ts'
import { GatewayPage } from './gateway-page.tsx'
import { NoGateways } from './no-gateways.tsx'

export function Gateways({ path }: ScreenProps) {
  const w = words()
  const [id] = path
  const gateways = useResource(calls.gateways, {}, { on: ['gateway.*', 'queue.*'] })
  const { data, problem, reload } = gateways
  const chosen = data?.data.find((gateway) => gateway.id === id)
  if (id !== undefined && chosen !== undefined) return <GatewayPage key={id} gateway={chosen} reload={reload} />
  if (data === null)
    return (
      <>
        <Head title={w.screens.gateways} />
        <Awaited problem={problem} />
      </>
    )
  if (id !== undefined)
    return (
      <>
        <Head title={id} up="#/gateways" />
        <Empty icon="search" title={w.common.nothingFound} />
      </>
    )
  return (
    <>
      <Head title={w.screens.gateways} />
      {data.data.length === 0 ? (
        <NoGateways />
      ) : (
        <Table caption={w.screens.gateways} columns={columns()} rows={data.data} idOf={(gateway) => gateway.id} />
      )}
    </>
  )
}

function columns(): Column<Gateway>[] {
  const w = words()
  return [
    {
      label: w.devices.gateway,
      cell: ({ id }) => (
        <a class="strong" href={hashOf(['gateways', id])}>
          {id}
        </a>
      ),
    },
    { label: w.devices.state, cell: ({ status }) => <GatewayChip status={status} /> },
    {
      label: w.gateways.signal,
      cell: ({ signal_percent, signal_dbm }) => <SignalBars percent={signal_percent} dbm={signal_dbm} />,
    },
    { label: w.gateways.network, cell: ({ operator, address }) => operator ?? address ?? '–' },
    { label: w.gateways.waiting, cell: ({ queue }) => <span class="number">{numberOf(queue)}</span> },
    { label: w.gateways.sentToday, cell: ({ sent_today }) => <span class="number">{numberOf(sent_today)}</span> },
  ]
}
