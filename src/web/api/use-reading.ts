import { useEffect, useRef, useState } from 'preact/hooks'
import { selects, type TypeFilter } from '../../message/public-event-types.ts'
import { browserClock } from '../browser-clock.ts'
import type { LiveEvent } from './answer-types.ts'
import { Problem } from './api-problem.ts'
import { onEvent } from './live.ts'
import { Pace } from './reread-pace.ts'

/** Something that is read from the hub. */
export interface Reading<T> {
  /** The latest answer; it stays while the next one is read. */
  readonly data: T | null
  readonly problem: Problem | null
  reload(): void
}

export interface Following {
  /** Types of events after which it is read again, like `message.*`. Without it, it is read once. */
  readonly on?: readonly TypeFilter[]
  /** Only of these, where given. */
  readonly concerns?: (event: LiveEvent) => boolean
}

const nothing = { data: null, problem: null }

/** Reads something when the component appears, when the key changes, and after events that change it. */
export function useReading<T>(
  read: (ended: AbortSignal) => Promise<T>,
  key: string,
  following: Following = {},
): Reading<T> {
  const [state, setState] = useState<Omit<Reading<T>, 'reload'>>(nothing)
  const latest = useRef({ read, following })
  latest.current = { read, following }
  const reload = useRef(() => {})
  // The key stands for what is read.
  useEffect(() => {
    let running = new AbortController()
    const pace = new Pace(async () => {
      running.abort()
      running = new AbortController()
      const { signal } = running
      try {
        const data = await latest.current.read(signal)
        if (!signal.aborted) setState({ data, problem: null })
      } catch (error) {
        if (!signal.aborted) setState((before) => ({ ...before, problem: Problem.from(error) }))
      }
    }, browserClock)
    reload.current = () => pace.now()
    pace.now()
    const end = onEvent((event) => {
      const { on, concerns = () => true } = latest.current.following
      if (on === undefined) return
      if (event === 'reset' || (selects(on, event.type) && concerns(event))) pace.changed()
    })
    return () => {
      end()
      pace.end()
      running.abort()
    }
  }, [key])
  return { ...state, reload: () => reload.current() }
}
