import { signal } from '@preact/signals'
import type { EventPage, LiveEvent } from './answer-types.ts'
import { Problem } from './api-problem.ts'
import { interfaceUrl, signedOut } from './ask.ts'
import { StreamReader } from './stream-reader.ts'

export type Connection = 'connecting' | 'live' | 'polling' | 'lost' | 'not_allowed'

/** How events reach the page now. */
export const connection = signal<Connection>('connecting')

/** A stream without a sign of life for so long is held up by something in between. */
const silenceMs = 45_000
/** The first sign of life must be there by then. */
const firstMs = 10_000
/** Shorter than proxies wait for an answer. */
const pollSeconds = 25
const retryMs = [1_000, 2_000, 5_000, 10_000, 30_000] as const

type Listener = (event: LiveEvent | 'reset') => void
const listeners = new Set<Listener>()

/** Calls back for every event, and `reset` where some are missed. Returns how to end that. */
export function onEvent(listener: Listener): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

function emit(event: LiveEvent | 'reset'): void {
  for (const listener of listeners) listener(event)
}

/** Of a place that is older, nothing is caught up on: what is shown is read again, once. */
const maxGapMs = 60_000

let last: string | null = null
/** When the hub was last heard. */
let heardAt = 0
/** Something may have been missed. */
let isGap = false
let running: AbortController | null = null

let isWanted = false

/** Follows the events of the hub until `stopLive`, while the page is seen: browsers have six connections to a host. */
export function startLive(): void {
  isWanted = true
  if (!document.hidden) begin()
}

export function stopLive(): void {
  isWanted = false
  end()
}

/** What has happened while the page was not seen is read when it is seen again. */
export function followVisibility(): void {
  document.addEventListener('visibilitychange', () => {
    if (document.hidden) end()
    else if (isWanted) begin()
  })
}

function begin(): void {
  end()
  const ended = new AbortController()
  running = ended
  follow(ended.signal).catch((error: unknown) => {
    if (!ended.signal.aborted) console.error('the live events have ended', error)
  })
}

function end(): void {
  running?.abort()
  running = null
  connection.value = 'connecting'
}

async function follow(ended: AbortSignal): Promise<void> {
  let failures = 0
  let isHeldUp = false
  while (!ended.aborted) {
    if (last !== null && Date.now() - heardAt > maxGapMs) {
      last = null
      isGap = true
    }
    try {
      const alive = () => {
        failures = 0
      }
      await (isHeldUp ? poll(ended, alive) : stream(ended, alive))
    } catch (error) {
      if (ended.aborted) return
      const problem = Problem.from(error)
      if (problem.status === 401) return signedOut()
      // Lists are read again when they are opened.
      if (problem.status === 403) {
        connection.value = 'not_allowed'
        return
      }
      isHeldUp = isHeldUp || problem.code === 'silent'
      if (problem.code !== 'silent') connection.value = 'lost'
    }
    // Whatever failed meanwhile is read again with the rest.
    isGap = true
    await pause(retryMs[Math.min(failures++, retryMs.length - 1)] ?? 0, ended)
  }
}

/** Reads the stream until it ends. Fails where nothing arrives. */
async function stream(ended: AbortSignal, alive: () => void): Promise<void> {
  const silence = new AbortController()
  let timer = setTimeout(() => silence.abort(), firstMs)
  try {
    const response = await fetch(interfaceUrl('/events'), {
      credentials: 'same-origin',
      headers: { accept: 'text/event-stream', ...(last !== null && { 'last-event-id': last }) },
      signal: AbortSignal.any([ended, silence.signal]),
    })
    if (!response.ok || response.body === null)
      throw new Problem({ status: response.status, code: 'stream', detail: '' })
    const reader = new StreamReader()
    const text = response.body.pipeThrough(new TextDecoderStream()).getReader()
    for (;;) {
      const { done, value } = await text.read()
      clearTimeout(timer)
      if (done) return
      timer = setTimeout(() => silence.abort(), silenceMs)
      if (connection.value !== 'live') alive()
      heard('live')
      for (const { type, data } of reader.take(value)) receive(type, data)
      last = reader.place ?? last
    }
  } catch (error) {
    if (silence.signal.aborted) throw new Problem({ status: 0, code: 'silent', detail: 'nothing arrives' })
    throw error
  } finally {
    clearTimeout(timer)
  }
}

function heard(how: 'live' | 'polling'): void {
  connection.value = how
  heardAt = Date.now()
  if (!isGap) return
  isGap = false
  emit('reset')
}

function receive(type: string, data: string): void {
  emit(type === 'reset' ? 'reset' : (JSON.parse(data) as LiveEvent))
}

/** For where a proxy holds streams up: each request waits until something happens. */
async function poll(ended: AbortSignal, alive: () => void): Promise<void> {
  for (;;) {
    const query = new URLSearchParams({ after: last ?? 'newest', wait: String(pollSeconds) })
    const response = await fetch(interfaceUrl(`/events?${query}`), {
      credentials: 'same-origin',
      headers: { accept: 'application/json' },
      signal: ended,
    })
    if (!response.ok) throw new Problem({ status: response.status, code: 'poll', detail: '' })
    const page = (await response.json()) as EventPage
    alive()
    heard('polling')
    last = page.next_cursor
    if (page.reset) emit('reset')
    for (const event of page.data) emit(event as LiveEvent)
  }
}

const pause = (milliseconds: number, ended: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    const timer = setTimeout(resolve, milliseconds)
    ended.addEventListener(
      'abort',
      () => {
        clearTimeout(timer)
        resolve()
      },
      { once: true },
    )
  })
