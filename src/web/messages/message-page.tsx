import { useState } from 'preact/hooks'
import type { MessageDetail } from '../api/answer-types.ts'
import { ask } from '../api/ask.ts'
import { calls } from '../api/hub-calls.ts'
import { useResource } from '../api/resource.ts'
import { isAtLeast } from '../api/signed-in.ts'
import { useAct } from '../parts/act.ts'
import { Button } from '../parts/button.tsx'
import { isStatus, StatusChip, statusIcon } from '../parts/chip.tsx'
import { Confirm } from '../parts/dialog.tsx'
import { Wrong } from '../parts/fault.tsx'
import { Head } from '../parts/head.tsx'
import { Icon } from '../parts/icon.tsx'
import { Awaited } from '../parts/listing.tsx'
import { MessageText } from '../parts/message-text.tsx'
import { Strange } from '../parts/strange.tsx'
import { type Column, Table } from '../parts/table.tsx'
import { Time } from '../parts/time.tsx'
import { Wanted } from '../parts/wanted.tsx'
import { hubWords, words } from '../texts/language.ts'
import { wordIn } from '../texts/spoken-error.ts'
import { Correspondent } from './correspondent.tsx'
import { wayOf } from './message-columns.tsx'

/** One message: its text, its way so far, and its SMS. */
export function MessagePage({ id }: { readonly id: string }) {
  const w = words()
  const concerns = ({ data }: { readonly data: object }) => 'id' in data && data.id === id
  const { data, problem, reload } = useResource(calls.message, { id }, { on: ['message.*'], concerns })
  const { isBusy, run } = useAct()
  const [isRemoving, setRemoving] = useState(false)
  if (data === null)
    return (
      <>
        <Head title={id} up="#/messages" />
        <Awaited problem={problem} />
      </>
    )
  const { direction, command, status, send_at, error } = data
  return (
    <>
      <Head
        title={command ?? w.messages[direction]}
        lang={command === null ? undefined : 'en'}
        up="#/messages"
        beside={
          <>
            <StatusChip status={status} /> <Wanted status={status} at={send_at} />
          </>
        }
      >
        {status === 'queued' && isAtLeast('operator') && (
          <Button
            disabled={isBusy}
            onClick={() => run(() => ask(calls.cancel, { id }).then(reload), w.queue.cancelled)}
          >
            {w.common.cancelIt}
          </Button>
        )}
        {hasContent(data) && isAtLeast('admin') && (
          <Button onClick={() => setRemoving(true)}>{w.messages.removeContent}</Button>
        )}
      </Head>
      <div class="columns">
        <div class="stack">
          <Text message={data} />
          {error !== null && (
            <div class="fault" role="status">
              <Wrong error={error} hasHint />
            </div>
          )}
          {data.segments.some(({ sent_at }) => sent_at !== null) && (
            <Table
              caption={w.messages.segments}
              columns={columns()}
              rows={data.segments}
              idOf={({ part }) => String(part)}
            />
          )}
        </div>
        <Way message={data} />
      </div>
      {isRemoving && (
        <Confirm
          title={w.messages.removeContentOf}
          act={w.access.remove}
          work={() => ask(calls.deleteMessage, { id })}
          done={w.access.removed}
          onClose={() => {
            setRemoving(false)
            reload()
          }}
        >
          <p>{w.messages.removeContentAbout}</p>
        </Confirm>
      )}
    </>
  )
}

/** What waits is cancelled instead. */
const hasContent = ({ status, text, reply }: MessageDetail): boolean =>
  status !== 'queued' && status !== 'sending' && (text !== null || reply !== null)

function Text({ message }: { readonly message: MessageDetail }) {
  const w = words()
  const { text, reply, gateway, received } = message
  const files = received?.attachments ?? []
  return (
    <section class="card stack" aria-label={w.messages.text}>
      {(text !== null || message.private) && (
        <p class="quote">
          <MessageText message={message} />
        </p>
      )}
      {reply !== null && (
        <div class="stack tight">
          <span class="strong">{w.device.steps.replied}</span>
          <p class="quote">
            <Strange text={reply.text} />
          </p>
        </div>
      )}
      <dl class="facts">
        <dt>{w.messages.person}</dt>
        <dd>
          <Correspondent message={message} />
        </dd>
        <dt>{w.devices.gateway}</dt>
        <dd>{wayOf(gateway) ?? '–'}</dd>
        {received?.subject !== undefined && (
          <>
            <dt>{w.messages.subject}</dt>
            <dd>
              <Strange text={received.subject} />
            </dd>
          </>
        )}
        {files.length > 0 && (
          <>
            <dt>{w.messages.files}</dt>
            <dd>
              {files.map(({ name, type }, at) => (
                // Files of a text never change
                <div key={at}>
                  <Strange text={name ?? type} />
                </div>
              ))}
            </dd>
          </>
        )}
      </dl>
    </section>
  )
}

function Way({ message }: { readonly message: MessageDetail }) {
  const w = words()
  return (
    <section class="card" aria-labelledby="message-way">
      <header>
        <h2 id="message-way">{w.messages.way}</h2>
      </header>
      <ol class="timeline">
        {message.timeline.map(({ status, at }) => (
          <li key={`${status}${at}`}>
            <Icon name={statusIcon(status)} />
            <span>{isStatus(status) ? w.status[status] : status}</span>
            <span class="small muted">
              <Time at={at} as="clock" />
            </span>
          </li>
        ))}
      </ol>
      <Attempts of={message} />
    </section>
  )
}

/** Why it was handed over more than once. */
function Attempts({ of: { attempts } }: { readonly of: MessageDetail }) {
  const last = attempts.at(-1)
  if (last === undefined || (last.number === 1 && last.outcome !== 'returned')) return null
  return (
    <>
      <p class="small muted">{words().messages.attempts(last.number)}</p>
      {attempts.map(
        ({ number, gateway, outcome, ended_at, error }) =>
          outcome === 'returned' && (
            <div class="small" key={number}>
              {ended_at !== null && <Time at={ended_at} as="clock" />} {gateway}
              {error !== null && <Wrong error={error} />}
            </div>
          ),
      )}
    </>
  )
}

function columns(): Column<MessageDetail['segments'][number]>[] {
  const w = words()
  return [
    { label: 'SMS', cell: ({ part }) => <span class="number">{part}</span> },
    { label: w.devices.state, cell: ({ status }) => <StatusChip status={status} /> },
    { label: w.status.sent, cell: ({ sent_at }) => (sent_at === null ? '–' : <Time at={sent_at} as="clock" />) },
    {
      label: w.messages.report,
      cell: ({ report, reported_at }) => (
        <>
          {report === null ? '–' : (wordIn(hubWords()?.reports, report) ?? report)}{' '}
          {reported_at !== null && <Time at={reported_at} as="clock" />}
        </>
      ),
    },
  ]
}
