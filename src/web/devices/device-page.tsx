import { useState } from 'preact/hooks'
import type { DeviceView } from '../api/answer-types.ts'
import { ask } from '../api/ask.ts'
import { calls } from '../api/hub-calls.ts'
import { useResource } from '../api/resource.ts'
import { isAtLeast } from '../api/signed-in.ts'
import { hashOf } from '../page-place.ts'
import { useAct } from '../parts/act.ts'
import { Banner } from '../parts/banner.tsx'
import { Button } from '../parts/button.tsx'
import { Chip, PresenceChip } from '../parts/chip.tsx'
import { Head } from '../parts/head.tsx'
import { Awaited } from '../parts/listing.tsx'
import { Tabs } from '../parts/tabs.tsx'
import { Time } from '../parts/time.tsx'
import { words } from '../texts/language.ts'
import { CommandPanel } from './command-panel.tsx'
import { DeviceDialects } from './device-dialects.tsx'
import { DeviceEvents } from './device-events.tsx'
import { DeviceHistory } from './device-history.tsx'
import { DeviceMap } from './device-map.tsx'
import { DeviceOptions } from './device-options.tsx'
import { DeviceTexts } from './device-texts.tsx'
import { ResultTimeline } from './result-timeline.tsx'
import { SetupWalk } from './setup-walk.tsx'
import { StateValues } from './state-values.tsx'

/** Commands whose way is shown: the latest ones. */
const maxShown = 5

const tabs = ['overview', 'history', 'events', 'map', 'setup', 'texts', 'options'] as const
type Tab = (typeof tabs)[number]

export function DevicePage({ id, tab }: { readonly id: string; readonly tab: string }) {
  const w = words()
  const concerns = ({ data }: { readonly data: object }) => 'device' in data && data.device === id
  const device = useResource(calls.device, { id }, { on: ['device.*', 'command.*', 'queue.*'], concerns })
  const { data, problem } = device
  if (data === null)
    return (
      <>
        <Head title={id} up="#/devices" />
        <Awaited problem={problem} />
      </>
    )
  const shown = tabs.find((one) => one === tab) ?? 'overview'
  return (
    <>
      <Head title={data.name} up="#/devices" beside={<PresenceChip online={data.online} />}>
        {isAtLeast('operator') && <Refresh id={id} />}
      </Head>
      {data.paused && (
        <Banner tone="warn" icon="pause">
          {w.home.attention.paused(data.name)}
          <a href="#/queue">{w.home.look}</a>
        </Banner>
      )}
      <Tabs
        label={data.name}
        tabs={offered(data).map((one) => ({ id: one, label: w.device.tabs[one], href: hashOf(['devices', id, one]) }))}
        current={shown}
      />
      <Shown tab={shown} device={data} reload={device.reload} />
    </>
  )
}

/** What this device has, and this person may. */
function offered({ location, fields, setup_steps }: DeviceView): Tab[] {
  const has: Readonly<Record<Tab, boolean>> = {
    overview: true,
    history: true,
    events: true,
    map: location !== null || fields.some(({ name }) => name === 'latitude'),
    setup: setup_steps > 0 && isAtLeast('admin'),
    texts: isAtLeast('admin'),
    options: isAtLeast('admin'),
  }
  return tabs.filter((tab) => has[tab])
}

interface ShownProps {
  readonly tab: Tab
  readonly device: DeviceView
  readonly reload: () => void
}

function Shown({ tab, device, reload }: ShownProps) {
  switch (tab) {
    case 'history':
      return <DeviceHistory id={device.id} />
    case 'events':
      return <DeviceEvents device={device} />
    case 'map':
      return <DeviceMap device={device} />
    case 'setup':
      return <SetupWalk device={device} />
    case 'texts':
      return <DeviceTexts device={device} reload={reload} />
    case 'options':
      return <DeviceOptions device={device} reload={reload} />
    default:
      return <Overview device={device} />
  }
}

function Overview({ device }: { readonly device: DeviceView }) {
  const w = words()
  const [sent, setSent] = useState<readonly string[]>([])
  const { model, variant, numbers = [], last_seen, gateway } = device
  return (
    <div class="columns">
      <div class="stack">
        {isAtLeast('operator') && (
          <section class="card" aria-labelledby="device-commands">
            <header>
              <h2 id="device-commands">{w.device.commands}</h2>
            </header>
            <CommandPanel device={device} onQueued={(queued) => setSent([queued, ...sent].slice(0, maxShown))} />
          </section>
        )}
        {sent.map((id) => (
          <ResultTimeline key={id} id={id} commands={device.commands} />
        ))}
        <section class="card" aria-labelledby="device-state">
          <header>
            <h2 id="device-state">{w.devices.state}</h2>
          </header>
          <StateValues device={device} />
        </section>
      </div>
      <section class="card" aria-labelledby="device-about">
        <header>
          <h2 id="device-about">{w.device.about}</h2>
        </header>
        <dl class="facts">
          <dt>{w.devices.model}</dt>
          <dd>
            {model} {variant !== '' && <Chip>{variant}</Chip>}
          </dd>
          <DeviceDialects dialects={device.dialects} />
          {numbers.length > 0 && (
            <>
              <dt>{w.device.number}</dt>
              <dd class="number">
                {numbers.map((number) => (
                  <div key={number}>
                    <a href={hashOf(['conversations', number])}>{number}</a>
                  </div>
                ))}
              </dd>
            </>
          )}
          <dt>{w.devices.lastSeen}</dt>
          <dd>{last_seen === null ? w.devices.never : <Time at={last_seen} />}</dd>
          <dt>{w.devices.gateway}</dt>
          <dd>{gateway ?? w.device.anyGateway}</dd>
        </dl>
      </section>
    </div>
  )
}

function Refresh({ id }: { readonly id: string }) {
  const w = words()
  const { isBusy, run } = useAct()
  return (
    <Button
      icon="reload"
      disabled={isBusy}
      onClick={() => run(() => ask(calls.refresh, { device: id }), w.device.asked)}
    >
      {w.device.ask}
    </Button>
  )
}
