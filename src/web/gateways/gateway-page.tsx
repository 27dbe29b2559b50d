import type { ComponentChildren } from 'preact'
import { useState } from 'preact/hooks'
import type { Gateway, RestartKind } from '../api/answer-types.ts'
import { ask } from '../api/ask.ts'
import { calls } from '../api/hub-calls.ts'
import { useResource } from '../api/resource.ts'
import { isAtLeast } from '../api/signed-in.ts'
import { useAct } from '../parts/act.ts'
import { Banner } from '../parts/banner.tsx'
import { Button } from '../parts/button.tsx'
import { GatewayChip } from '../parts/chip.tsx'
import { Confirm } from '../parts/dialog.tsx'
import { Head } from '../parts/head.tsx'
import { SignalBars } from '../parts/signal-bars.tsx'
import { Strange } from '../parts/strange.tsx'
import { Time } from '../parts/time.tsx'
import { words } from '../texts/language.ts'
import { numberOf } from '../texts/times.ts'
import { dayLimitOf } from './day-limit.ts'
import { Doctor } from './doctor.tsx'
import { GatewayHistory } from './gateway-history.tsx'
import { PinEntry } from './pin-entry.tsx'
import { TraceButton } from './trace-button.tsx'
import { troubleOf } from './trouble.ts'
import { Ussd } from './ussd.tsx'

interface GatewayProps {
  readonly gateway: Gateway
  readonly reload: () => void
}

export function GatewayPage({ gateway, reload }: GatewayProps) {
  const w = words()
  const { id, status, sim, unaccepted, last_error, can } = gateway
  const trouble = troubleOf(gateway)
  const mayManage = isAtLeast('admin')
  return (
    <>
      <Head title={id} up="#/gateways" beside={<GatewayChip status={status} />}>
        {mayManage && <Acts gateway={gateway} reload={reload} />}
      </Head>
      <div class="stack">
        {trouble !== null && (
          <Banner tone="bad" icon="warn" role="status">
            <div>
              <p class="strong">{w.home.attention[trouble](id)}</p>
              {last_error !== null && (
                <p class="sentence" lang="en">
                  <Strange text={last_error} />
                </p>
              )}
            </div>
          </Banner>
        )}
        {mayManage && status === 'sim_locked' && sim === 'pin' && <PinEntry id={id} reload={reload} />}
        {mayManage && unaccepted != null && <Accept id={id} reload={reload} />}
        <div class="columns">
          <div class="stack">
            <GatewayHistory id={id} hasSignal={gateway.signal_percent !== undefined} />
            {mayManage && can.includes('at') && <Doctor id={id} />}
          </div>
          <div class="stack">
            <Facts gateway={gateway} />
            {mayManage && can.includes('ussd') && <Ussd id={id} />}
          </div>
        </div>
      </div>
    </>
  )
}

function Facts({ gateway }: { readonly gateway: Gateway }) {
  const w = words()
  const { operator, technology, network, sim, model, firmware, port, address, connected_at, balance, balance_at } =
    gateway
  const quotas = useResource(calls.quotas, {})
  const limit = dayLimitOf(quotas.data?.data ?? [], gateway.id)
  const sent = numberOf(gateway.sent_today)
  const rows: readonly (readonly [string, ComponentChildren])[] = [
    [
      w.gateways.signal,
      gateway.signal_percent === undefined ? null : (
        <SignalBars key="bars" percent={gateway.signal_percent} dbm={gateway.signal_dbm} />
      ),
    ],
    [w.gateways.network, [operator, technology, network && w.gateways.networks[network]].filter(Boolean).join(' · ')],
    [w.gateways.sim, sim && w.gateways.sims[sim]],
    [w.gateways.waiting, numberOf(gateway.queue)],
    [w.gateways.sentToday, limit === null ? sent : w.gateways.ofLimit(sent, numberOf(limit))],
    [
      w.gateways.storage,
      typeof gateway.storage_used === 'number' ? `${gateway.storage_used} / ${gateway.storage_total}` : null,
    ],
    [w.gateways.spent, gateway.spent_30_days === undefined ? null : numberOf(gateway.spent_30_days)],
    [w.gateways.balance, balance == null ? null : <Strange key="balance" text={balance} />],
    [w.gateways.asOf, balance_at == null ? null : <Time key="as-of" at={balance_at} />],
    [w.devices.model, [model, firmware].filter(Boolean).join(' · ')],
    [w.gateways.port, port ?? address],
    [
      w.gateways.binds,
      gateway.binds && `${gateway.bound?.length ?? 0} / ${gateway.binds.length} (${gateway.binds.join(', ')})`,
    ],
    [w.gateways.underWay, gateway.window === undefined ? null : `${gateway.under_way} / ${gateway.window}`],
    [w.gateways.connected, connected_at == null ? null : <Time key="since" at={connected_at} />],
  ]
  return (
    <section class="card" aria-label={w.device.about}>
      <dl class="facts">
        {rows.flatMap(([label, value]) =>
          value === null || value === undefined || value === ''
            ? []
            : [<dt key={`${label}-name`}>{label}</dt>, <dd key={`${label}-value`}>{value}</dd>],
        )}
      </dl>
    </section>
  )
}

const kinds: readonly RestartKind[] = ['reopen', 'radio', 'reset', 'power']

function Acts({ gateway, reload }: GatewayProps) {
  const w = words()
  const { id, can } = gateway
  const [kind, setKind] = useState<RestartKind | null>(null)
  const { isBusy, run } = useAct()
  const queue = useResource(calls.queue, { limit: 1 }, { on: ['queue.*'] })
  const isPaused = queue.data?.paused.some(({ gateway }) => gateway === id) ?? false
  return (
    <>
      {can.includes('look') && (
        <Button
          icon="reload"
          disabled={isBusy}
          onClick={() => run(() => ask(calls.checkGateway, { gateway: id }).then(reload), w.gateways.checked)}
        >
          {w.gateways.check}
        </Button>
      )}
      {isPaused ? (
        <Button
          icon="play"
          disabled={isBusy}
          onClick={() => run(() => ask(calls.resumeGateway, { gateway: id }), w.queue.resumedNow)}
        >
          {w.queue.resume}
        </Button>
      ) : (
        <Button
          icon="pause"
          disabled={isBusy}
          onClick={() => run(() => ask(calls.pauseGateway, { gateway: id }), w.queue.pausedNow)}
        >
          {w.queue.pause}
        </Button>
      )}
      {can.includes('trace') && <TraceButton id={id} />}
      {can.includes('restart') && (
        <select
          class="entry short"
          aria-label={w.gateways.restart}
          value=""
          onChange={(event) => {
            setKind(kinds.find((one) => one === event.currentTarget.value) ?? null)
            event.currentTarget.value = ''
          }}
        >
          <option value="">{w.gateways.restart}</option>
          {kinds.map((one) => (
            <option key={one} value={one}>
              {w.gateways.restartKinds[one]}
            </option>
          ))}
        </select>
      )}
      {kind !== null && (
        <Confirm
          title={`${w.gateways.restartKinds[kind]} · ${id}`}
          act={w.gateways.restart}
          work={() => ask(calls.restartGateway, { gateway: id, how: kind })}
          done={w.gateways.restarted}
          onClose={() => setKind(null)}
        >
          <p>{w.gateways.restartAbout}</p>
        </Confirm>
      )}
    </>
  )
}

function Accept({ id, reload }: { readonly id: string; readonly reload: () => void }) {
  const w = words()
  const [isOpen, setOpen] = useState(false)
  return (
    <Banner tone="calm" icon="info">
      {w.gateways.other}
      <Button onClick={() => setOpen(true)}>{w.gateways.accept}</Button>
      {isOpen && (
        <Confirm
          title={w.gateways.accept}
          act={w.gateways.accept}
          name={id}
          work={() => ask(calls.acceptGateway, { gateway: id }).then(reload)}
          done={w.gateways.accepted}
          onClose={() => setOpen(false)}
        >
          <p>{w.gateways.acceptAbout}</p>
        </Confirm>
      )}
    </Banner>
  )
}
