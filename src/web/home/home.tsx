import type { Gateway, Message } from '../api/answer-types.ts'
import { contactName } from '../api/contact-names.ts'
import { deviceName } from '../api/device-names.ts'
import { calls } from '../api/hub-calls.ts'
import { unpaged, usePages } from '../api/paged.ts'
import { type Resource, useResource } from '../api/resource.ts'
import { isAtLeast, session } from '../api/signed-in.ts'
import { dayLimitOf } from '../gateways/day-limit.ts'
import { NoGateways } from '../gateways/no-gateways.tsx'
import { hashOf } from '../page-place.ts'
import { Banner } from '../parts/banner.tsx'
import { GatewayChip, StatusChip } from '../parts/chip.tsx'
import { Empty } from '../parts/empty.tsx'
import { English } from '../parts/english.tsx'
import { Head } from '../parts/head.tsx'
import { Icon } from '../parts/icon.tsx'
import { Awaited, Listing } from '../parts/listing.tsx'
import { MessageText } from '../parts/message-text.tsx'
import { SignalBars } from '../parts/signal-bars.tsx'
import { Strange } from '../parts/strange.tsx'
import { Time } from '../parts/time.tsx'
import { words } from '../texts/language.ts'
import { spoken } from '../texts/spoken-error.ts'
import { numberOf } from '../texts/times.ts'
import { attentionOf } from './attention.ts'

const latest = 8

/** What matters now: what waits for a person, the gateways, the latest texts. */
export function Home() {
  const w = words()
  const gateways = useResource(calls.gateways, {}, { on: ['gateway.*'] })
  const health = useResource(
    calls.health,
    {},
    { on: ['gateway.up', 'gateway.down', 'queue.*', 'hub.clock_behind', 'hub.clock_right'] },
  )
  return (
    <>
      <Head title={w.screens.home} />
      <div class="stack">
        <AdminNeeded />
        <Attention gateways={gateways.data?.data ?? []} health={health} />
        <section aria-labelledby="home-gateways" class="stack tight">
          <h2 id="home-gateways">{w.screens.gateways}</h2>
          <Gateways gateways={gateways} />
        </section>
        <LastTexts />
      </div>
    </>
  )
}

/** Who is to change anything has to be named where only administrators of Home Assistant get. */
function AdminNeeded() {
  const name = session.value?.admin_needed ?? null
  if (name === null) return null
  return (
    <Banner tone="calm" icon="info">
      <p>
        {words().home.adminNeeded} <Strange text={name} />
      </p>
    </Banner>
  )
}

function Attention({
  gateways,
  health,
}: {
  readonly gateways: readonly Gateway[]
  readonly health: Resource<Parameters<typeof attentionOf>[0]>
}) {
  const w = words().home
  const waiting = health.data === null ? [] : attentionOf(health.data, gateways)
  if (waiting.length === 0) return null
  return (
    <ul class="stack tight" aria-label={w.waiting}>
      {waiting.map(({ kind, subject, href }) => (
        <li key={`${kind}${subject}`}>
          <Banner tone="warn" icon="warn">
            <span>
              {w.attention[kind](subject)}
              {kind === 'store' && (
                <>
                  {' '}
                  <English>{subject}</English>
                </>
              )}
            </span>
            <a href={href}>{w.look}</a>
          </Banner>
        </li>
      ))}
    </ul>
  )
}

function Gateways({ gateways }: { readonly gateways: Resource<{ readonly data: readonly Gateway[] }> }) {
  const { data, problem } = gateways
  const quotas = useResource(calls.quotas, {})
  if (data === null) return <Awaited problem={problem} />
  if (data.data.length === 0) return <NoGateways />
  return (
    <div class="grid">
      {data.data.map((gateway) => (
        <GatewayCard key={gateway.id} gateway={gateway} limit={dayLimitOf(quotas.data?.data ?? [], gateway.id)} />
      ))}
    </div>
  )
}

interface GatewayCardProps {
  readonly gateway: Gateway
  /** Segments a day. */
  readonly limit: number | null
}

function GatewayCard({ gateway, limit }: GatewayCardProps) {
  const w = words().gateways
  const { id, status, operator, technology, signal_percent, signal_dbm, queue, sent_today, last_error } = gateway
  return (
    <article class="card stack tight">
      <header>
        <h3>
          <a href={hashOf(['gateways', id])}>{id}</a>
        </h3>
        <GatewayChip status={status} />
      </header>
      <dl class="facts">
        {signal_percent !== undefined && (
          <>
            <dt>{w.signal}</dt>
            <dd>
              <SignalBars percent={signal_percent} dbm={signal_dbm} />
            </dd>
          </>
        )}
        {operator && (
          <>
            <dt>{w.network}</dt>
            <dd>{[operator, technology].filter(Boolean).join(' · ')}</dd>
          </>
        )}
        <dt>{w.waiting}</dt>
        <dd class="number">{numberOf(queue)}</dd>
        <dt>{w.sentToday}</dt>
        <dd class="number">
          {limit === null ? numberOf(sent_today) : w.ofLimit(numberOf(sent_today), numberOf(limit))}
        </dd>
      </dl>
      {last_error !== null && status !== 'ready' && (
        <p class="small wrong-words sentence" lang="en">
          <Strange text={last_error} />
        </p>
      )}
    </article>
  )
}

function LastTexts() {
  const w = words()
  const pages = usePages(calls.messages, { limit: latest }, ({ id }) => id, { on: ['message.*'] })
  return (
    <section aria-labelledby="home-texts" class="stack tight">
      <div class="row spread">
        <h2 id="home-texts">{w.home.lastTexts}</h2>
        <div class="row">
          {isAtLeast('home_assistant') && <NotUnderstood />}
          <a href="#/messages">{w.home.all}</a>
        </div>
      </div>
      <Listing
        pages={unpaged(pages)}
        empty={
          <Empty icon="chat" title={w.home.noTexts}>
            <p>{w.home.noTextsYet}</p>
          </Empty>
        }
      >
        {(rows) => (
          <ul class="lines">
            {rows.map((message) => (
              <TextLine key={message.id} message={message} />
            ))}
          </ul>
        )}
      </Listing>
    </section>
  )
}

/** The way to texts that no profile reads, where there are any. */
function NotUnderstood() {
  const { data } = useResource(calls.unknownSenders, {}, { on: ['message.received', 'device.*'] })
  const count = data?.data.reduce((sum, { texts }) => sum + texts, 0) ?? 0
  return count === 0 ? null : <a href="#/unknown">{words().home.unknown(count)}</a>
}

function TextLine({ message }: { readonly message: Message }) {
  const { direction, from, to, device, text, command, error, status, at } = message
  const shown = text ?? (error === null ? '' : spoken(error).title)
  const number = (direction === 'in' ? from : to) ?? ''
  const href = device === null ? hashOf(['conversations', number]) : hashOf(['devices', device])
  return (
    <li>
      <Icon name={direction === 'in' ? 'in' : 'out'} little />
      <a class="cut" href={href}>
        {device === null ? <Strange text={contactName(number) ?? number} /> : deviceName(device)}
      </a>
      <span class="cut words">
        {message.private ? (
          <MessageText message={message} />
        ) : text === null && command !== null ? (
          <English>{command}</English>
        ) : (
          <Strange text={shown} />
        )}
      </span>
      <StatusChip status={status} />
      <span class="small muted when">
        <Time at={at} />
      </span>
    </li>
  )
}
