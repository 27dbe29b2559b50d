import { useState } from 'preact/hooks'
import type { Pause, QueuedRow } from '../api/answer-types.ts'
import { ask } from '../api/ask.ts'
import { contactName } from '../api/contact-names.ts'
import { deviceName } from '../api/device-names.ts'
import { calls } from '../api/hub-calls.ts'
import { useResource } from '../api/resource.ts'
import { hashOf } from '../page-place.ts'
import { useAct } from '../parts/act.ts'
import { Banner } from '../parts/banner.tsx'
import { Button } from '../parts/button.tsx'
import { StatusChip } from '../parts/chip.tsx'
import { Confirm } from '../parts/dialog.tsx'
import { Empty } from '../parts/empty.tsx'
import { English } from '../parts/english.tsx'
import { Fault } from '../parts/fault.tsx'
import { Head } from '../parts/head.tsx'
import { Loading } from '../parts/listing.tsx'
import { Strange } from '../parts/strange.tsx'
import { type Column, Table } from '../parts/table.tsx'
import { Time } from '../parts/time.tsx'
import { words } from '../texts/language.ts'
import { waitWords } from '../texts/wait-words.ts'

const limit = 500

/** What waits to be sent, and what is paused. */
export function QueueScreen() {
  const w = words()
  const queue = useResource(calls.queue, { limit }, { on: ['message.*', 'command.*', 'queue.*'] })
  const [isPurging, setPurging] = useState(false)
  const { data, problem, reload } = queue
  const { isBusy, run } = useAct()
  const isPaused = data?.paused.some(({ device, gateway }) => (device ?? gateway) === undefined) ?? false
  const pause = () => run(() => ask(calls.pauseQueue, {}).then(reload), w.queue.pausedNow)
  return (
    <>
      <Head title={w.screens.queue}>
        {!isPaused && (
          <Button icon="pause" disabled={isBusy} onClick={pause}>
            {w.queue.pause}
          </Button>
        )}
        <Button icon="trash" look="danger" disabled={data?.commands.length === 0} onClick={() => setPurging(true)}>
          {w.queue.purge}
        </Button>
      </Head>
      <Fault problem={problem} />
      <div class="stack">
        {data?.paused.map((pause) => (
          <PauseBanner key={`${pause.device}${pause.gateway}`} pause={pause} reload={reload} />
        ))}
        {data === null && problem === null && <Loading />}
        {data?.commands.length === 0 && <Empty icon="check" title={w.queue.empty} />}
        {data !== null && data.commands.length > 0 && (
          <Table
            caption={w.screens.queue}
            columns={columns(reload)}
            rows={data.commands}
            idOf={(row) => row.command_id}
          />
        )}
        {data?.commands.length === limit && <p class="small muted">{w.queue.firstOnly(limit)}</p>}
      </div>
      {isPurging && (
        <Confirm
          title={w.queue.purge}
          act={w.queue.purge}
          work={() => ask(calls.purgeQueue, {}).then(reload)}
          done={w.queue.purged}
          onClose={() => setPurging(false)}
        >
          <p>{w.queue.purgeAbout(data?.commands.length ?? 0)}</p>
        </Confirm>
      )}
    </>
  )
}

function PauseBanner({ pause, reload }: { readonly pause: Pause; readonly reload: () => void }) {
  const w = words()
  const { device, gateway, since } = pause
  const { isBusy, run } = useAct()
  const resume = () =>
    run(
      () =>
        (gateway === undefined
          ? ask(calls.resumeQueue, { ...(device && { device }) })
          : ask(calls.resumeGateway, { gateway })
        ).then(reload),
      w.queue.resumedNow,
    )
  return (
    <Banner tone="warn" icon="pause">
      {w.home.attention.paused(device === undefined ? (gateway ?? '') : deviceName(device))}
      <span class="small">
        (<Time at={since} />)
      </span>
      <Button tight icon="play" disabled={isBusy} onClick={resume}>
        {w.queue.resume}
      </Button>
    </Banner>
  )
}

function columns(reload: () => void): Column<QueuedRow>[] {
  const w = words()
  return [
    {
      label: w.messages.person,
      cell: ({ device, to }) =>
        device === null ? (
          <Strange text={to === null ? '–' : (contactName(to) ?? to)} />
        ) : (
          <a href={hashOf(['devices', device])}>{deviceName(device)}</a>
        ),
    },
    { label: w.queue.what, cell: ({ command }) => (command === null ? w.queue.text : <English>{command}</English>) },
    { label: w.devices.state, cell: ({ status }) => <StatusChip status={status} /> },
    {
      label: w.later.wanted,
      cell: ({ send_at }) => send_at !== null && <Time at={new Date(send_at).toISOString()} as="clock" />,
    },
    { label: w.queue.why, cell: ({ reason }) => reason !== null && waitWords(reason) },
    { label: w.queue.since, cell: ({ queued_at }) => <Time at={new Date(queued_at).toISOString()} /> },
    {
      label: w.common.actions,
      isEnd: true,
      isBare: true,
      cell: ({ command_id, status }) => status === 'queued' && <Cancel id={command_id} reload={reload} />,
    },
  ]
}

function Cancel({ id, reload }: { readonly id: string; readonly reload: () => void }) {
  const w = words()
  const { isBusy, run } = useAct()
  return (
    <Button
      tight
      disabled={isBusy}
      onClick={() => run(() => ask(calls.cancel, { id }).then(reload), w.queue.cancelled)}
    >
      {w.common.cancelIt}
    </Button>
  )
}
