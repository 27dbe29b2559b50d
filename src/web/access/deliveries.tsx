import { useState } from 'preact/hooks'
import type { Delivery } from '../api/answer-types.ts'
import { ask } from '../api/ask.ts'
import { calls } from '../api/hub-calls.ts'
import { usePages } from '../api/paged.ts'
import { useResource } from '../api/resource.ts'
import { useAct } from '../parts/act.ts'
import { Button } from '../parts/button.tsx'
import { Chip, type Tone } from '../parts/chip.tsx'
import { Confirm } from '../parts/dialog.tsx'
import { Empty } from '../parts/empty.tsx'
import { English } from '../parts/english.tsx'
import { Head } from '../parts/head.tsx'
import type { IconName } from '../parts/icon.tsx'
import { Listing } from '../parts/listing.tsx'
import { SecretOnce } from '../parts/secret-once.tsx'
import { type Column, Table } from '../parts/table.tsx'
import { Time } from '../parts/time.tsx'
import { complain, notify } from '../parts/toast.tsx'
import { go } from '../router.ts'
import { words } from '../texts/language.ts'
import { WebhookState } from './webhooks.tsx'

/** One webhook, and what has become of its deliveries. */
export function Deliveries({ id }: { readonly id: string }) {
  const w = words()
  const list = useResource(calls.webhooks, {}, { on: ['webhook.failing'] })
  const pages = usePages(calls.deliveries, { id, limit: 50 }, (delivery) => delivery.id)
  const [secret, setSecret] = useState<string | null>(null)
  const [isRemoving, setRemoving] = useState(false)
  const { isBusy, run } = useAct()
  const webhook = list.data?.data.find((one) => one.id === id)
  const test = () =>
    run(async () => {
      const { ok, status, error } = await ask(calls.testWebhook, { id })
      if (ok) notify(w.webhooks.answered(status ?? 0))
      else complain({ title: w.common.failed, own: error ?? String(status), hint: null })
    })
  const rotate = () => run(async () => setSecret((await ask(calls.rotateWebhook, { id })).secret))
  const enable = () => run(() => ask(calls.enableWebhook, { id }).then(list.reload), w.common.saved)
  const replay = (delivery: Delivery) =>
    run(() => ask(calls.replayDelivery, { delivery: delivery.id }).then(pages.reload))
  return (
    <>
      <Head
        title={webhook?.description || id}
        up="#/access/webhooks"
        {...(webhook !== undefined && { beside: <WebhookState webhook={webhook} /> })}
      >
        <Button disabled={isBusy} onClick={test}>
          {w.webhooks.test}
        </Button>
        {webhook?.enabled === false && (
          <Button disabled={isBusy} onClick={enable}>
            {w.webhooks.enable}
          </Button>
        )}
        <Button disabled={isBusy} onClick={rotate}>
          {w.webhooks.rotate}
        </Button>
        <Button look="danger" icon="trash" onClick={() => setRemoving(true)}>
          {w.access.remove}
        </Button>
      </Head>
      <div class="stack">
        {webhook !== undefined && <p class="muted small">{webhook.url}</p>}
        {webhook?.reason && (
          <p class="small wrong-words sentence" lang="en">
            {webhook.reason}
          </p>
        )}
        <Listing pages={pages} empty={<Empty icon="out" title={w.webhooks.noDeliveries} />}>
          {(rows) => (
            <Table
              caption={w.webhooks.deliveries}
              columns={columns(isBusy, replay)}
              rows={rows}
              idOf={(delivery) => delivery.id}
            />
          )}
        </Listing>
      </div>
      {secret !== null && <SecretOnce title={w.webhooks.secret} secret={secret} onClose={() => setSecret(null)} />}
      {isRemoving && (
        <Confirm
          title={w.webhooks.removeOne(id)}
          act={w.access.remove}
          name={id}
          work={async () => {
            await ask(calls.removeWebhook, { id })
            go('access', 'webhooks')
          }}
          done={w.access.removed}
          onClose={() => setRemoving(false)}
        />
      )}
    </>
  )
}

const looks: Readonly<Record<Delivery['status'], readonly [Tone, IconName]>> = {
  waiting: ['plain', 'clock'],
  delivered: ['good', 'check'],
  dead: ['bad', 'stopped'],
}

function columns(isBusy: boolean, replay: (delivery: Delivery) => void): Column<Delivery>[] {
  const w = words()
  return [
    { label: w.messages.time, cell: ({ queued_at }) => <Time at={queued_at} as="clock" /> },
    { label: w.webhooks.types, cell: ({ type }) => <code>{type}</code> },
    {
      label: w.devices.state,
      cell: ({ status }) => (
        <Chip tone={looks[status][0]} icon={looks[status][1]}>
          {w.webhooks.states[status]}
        </Chip>
      ),
    },
    { label: w.webhooks.attempts, cell: ({ attempts }) => <span class="number">{attempts}</span> },
    {
      label: w.webhooks.answer,
      cell: ({ answer }) => (answer?.error ? <English>{answer.error}</English> : (answer?.status ?? '–')),
    },
    {
      label: w.common.actions,
      isEnd: true,
      isBare: true,
      cell: (delivery) =>
        delivery.status !== 'waiting' && (
          <Button tight disabled={isBusy} onClick={() => replay(delivery)}>
            {w.webhooks.replay}
          </Button>
        ),
    },
  ]
}
