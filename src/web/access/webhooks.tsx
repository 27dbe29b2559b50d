import { useState } from 'preact/hooks'
import { typeFilters } from '../../message/public-event-types.ts'
import type { Webhook } from '../api/answer-types.ts'
import { ask } from '../api/ask.ts'
import { calls } from '../api/hub-calls.ts'
import { useResource } from '../api/resource.ts'
import { hashOf } from '../page-place.ts'
import { useAct } from '../parts/act.ts'
import { Button } from '../parts/button.tsx'
import { Chip } from '../parts/chip.tsx'
import { Dialog } from '../parts/dialog.tsx'
import { Empty } from '../parts/empty.tsx'
import { Fault } from '../parts/fault.tsx'
import { CheckField, TextField } from '../parts/field.tsx'
import type { Column } from '../parts/table.tsx'
import { words } from '../texts/language.ts'
import { numberOf } from '../texts/times.ts'
import { AccessList } from './access-list.tsx'

/** Programs elsewhere that are called when something happens. */
export function Webhooks() {
  const w = words()
  const list = useResource(calls.webhooks, {}, { on: ['webhook.failing'] })
  return (
    <AccessList
      list={list}
      caption={w.access.tabs.webhooks}
      about={w.webhooks.about}
      add={w.webhooks.add}
      columns={columns}
      idOf={({ id }) => id}
      empty={
        <Empty icon="out" title={w.webhooks.none}>
          <p>{w.webhooks.noneYet}</p>
        </Empty>
      }
      form={(close, made) => <NewWebhook onClose={close} onMade={made} />}
      secretTitle={w.webhooks.secret}
    />
  )
}

export function WebhookState({ webhook }: { readonly webhook: Webhook }) {
  const w = words().webhooks
  const { enabled, failing_since } = webhook
  if (!enabled)
    return (
      <Chip tone="bad" icon="stopped">
        {w.disabled}
      </Chip>
    )
  if (failing_since !== null)
    return (
      <Chip tone="warn" icon="warn">
        {w.failing}
      </Chip>
    )
  return (
    <Chip tone="good" icon="check">
      {w.works}
    </Chip>
  )
}

function columns(): Column<Webhook>[] {
  const w = words()
  return [
    {
      label: w.webhooks.url,
      cell: ({ id, url, description }) => (
        <>
          <a class="strong" href={hashOf(['access', 'webhooks', id])}>
            {description === '' ? id : description}
          </a>
          <div class="small muted url">{url}</div>
        </>
      ),
    },
    { label: w.devices.state, cell: (webhook) => <WebhookState webhook={webhook} /> },
    { label: w.webhooks.types, cell: ({ types }) => <span class="small">{types?.join(', ') ?? w.webhooks.all}</span> },
    { label: w.webhooks.waiting, cell: ({ waiting }) => <span class="number">{numberOf(waiting)}</span> },
    { label: w.webhooks.dead, cell: ({ dead }) => <span class="number">{numberOf(dead)}</span> },
  ]
}

/** Groups of events are enough here; single types are for curl. */
const groups = typeFilters.filter((filter) => filter.endsWith('.*'))

function NewWebhook({ onClose, onMade }: { readonly onClose: () => void; readonly onMade: (secret: string) => void }) {
  const w = words()
  const [url, setUrl] = useState('https://')
  const [description, setDescription] = useState('')
  const [types, setTypes] = useState<readonly string[]>([])
  const [ordered, setOrdered] = useState(false)
  const { isBusy, problem, run } = useAct({ isQuiet: true })
  const add = (event: Event) => {
    event.preventDefault()
    return run(async () => {
      const about = description.trim()
      const { secret } = await ask(calls.addWebhook, {
        url: url.trim(),
        ...(about !== '' && { description: about }),
        ...(types.length > 0 && { types }),
        ...(ordered && { ordered }),
      })
      onMade(secret)
    })
  }
  return (
    <Dialog title={w.webhooks.add} onClose={onClose}>
      <form class="form" onSubmit={add}>
        <TextField
          label={w.webhooks.url}
          type="url"
          hint={w.webhooks.urlHint}
          value={url}
          onInput={setUrl}
          isPlain
          required
        />
        <TextField label={w.webhooks.description} value={description} onInput={setDescription} />
        <fieldset class="stack tight">
          <legend class="strong">{w.webhooks.types}</legend>
          <p class="small muted">{w.webhooks.typesHint}</p>
          {groups.map((group) => (
            <CheckField
              key={group}
              label={<code>{group}</code>}
              value={types.includes(group)}
              onInput={(isOn) => setTypes(isOn ? [...types, group] : types.filter((one) => one !== group))}
            />
          ))}
        </fieldset>
        <CheckField label={w.webhooks.ordered} value={ordered} onInput={setOrdered} />
        <Fault problem={problem} />
        <div class="ends">
          <Button onClick={onClose}>{w.common.cancel}</Button>
          <Button type="submit" look="main-act" disabled={isBusy}>
            {w.webhooks.add}
          </Button>
        </div>
      </form>
    </Dialog>
  )
}
