import type { DeviceRow } from '../api/answer-types.ts'
import { calls } from '../api/hub-calls.ts'
import { usePages } from '../api/paged.ts'
import { useResource } from '../api/resource.ts'
import { isAtLeast } from '../api/signed-in.ts'
import { hashOf } from '../page-place.ts'
import { LinkButton } from '../parts/button.tsx'
import { PresenceChip } from '../parts/chip.tsx'
import { Empty } from '../parts/empty.tsx'
import { FilterSelect } from '../parts/field.tsx'
import { Head } from '../parts/head.tsx'
import { Listing } from '../parts/listing.tsx'
import { Search } from '../parts/search.tsx'
import { type Column, Table } from '../parts/table.tsx'
import { Time } from '../parts/time.tsx'
import { place, refine } from '../router.ts'
import { words } from '../texts/language.ts'

const pageSize = 100

export function DeviceList() {
  const w = words()
  const { q = '', state = '', gateway = '' } = place.value.query
  const input = {
    limit: pageSize,
    ...(q !== '' && { q }),
    ...(state !== '' && { state }),
    ...(gateway !== '' && { gateway }),
  }
  const pages = usePages(calls.devices, input, ({ id }) => id, { on: ['device.*'] })
  const gateways = useResource(calls.gateways, {})
  const isFiltered = q + state + gateway !== ''
  const states = (['', 'online', 'offline'] as const).map((value) => ({
    value,
    label: value === '' ? w.devices.allStates : w.devices[value],
  }))
  const ways = [
    { value: '', label: w.devices.allGateways },
    ...(gateways.data?.data.map(({ id }) => ({ value: id, label: id })) ?? []),
  ]
  return (
    <>
      <Head title={w.screens.devices}>
        {isAtLeast('admin') && (
          <LinkButton href="#/onboarding/device" icon="plus" look="main-act">
            {w.devices.add}
          </LinkButton>
        )}
      </Head>
      <div class="filters">
        <Search label={w.devices.search} value={q} onSearch={(text) => refine({ q: text })} />
        <FilterSelect label={w.devices.state} value={state} choices={states} onInput={(to) => refine({ state: to })} />
        {ways.length > 2 && (
          <FilterSelect
            label={w.screens.gateways}
            value={gateway}
            choices={ways}
            onInput={(to) => refine({ gateway: to })}
          />
        )}
      </div>
      <Listing pages={pages} empty={<NoDevices isFiltered={isFiltered} />}>
        {(rows) => (
          <>
            <Table caption={w.screens.devices} columns={columns()} rows={rows} idOf={({ id }) => id} />
            <p class="small muted">{w.devices.found(pages.total ?? rows.length)}</p>
          </>
        )}
      </Listing>
    </>
  )
}

function NoDevices({ isFiltered }: { readonly isFiltered: boolean }) {
  const w = words()
  if (isFiltered) return <Empty icon="search" title={w.common.nothingFound} />
  return (
    <Empty icon="device" title={w.devices.none}>
      <p>{w.devices.noneYet}</p>
      {isAtLeast('admin') && (
        <LinkButton href="#/onboarding/device" look="main-act">
          {w.devices.add}
        </LinkButton>
      )}
    </Empty>
  )
}

function columns(): Column<DeviceRow>[] {
  const w = words().devices
  return [
    {
      label: w.device,
      cell: ({ id, name }) => (
        <>
          <a class="strong" href={hashOf(['devices', id])}>
            {name}
          </a>
          {name !== id && <span class="small muted"> {id}</span>}
        </>
      ),
    },
    { label: w.state, cell: ({ online }) => online !== null && <PresenceChip online={online} /> },
    { label: w.lastSeen, cell: ({ last_seen }) => (last_seen === null ? w.never : <Time at={last_seen} />) },
    { label: w.model, cell: ({ model }) => model },
    { label: w.gateway, cell: ({ gateway }) => gateway },
  ]
}
