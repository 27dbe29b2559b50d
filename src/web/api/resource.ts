import { useEffect, useRef, useState } from 'preact/hooks'
import { selects } from '../../message/public-event-types.ts'
import type { LiveEvent } from './answer-types.ts'
import { Problem } from './api-problem.ts'
import { ask } from './ask.ts'
import type { Call } from './hub-calls.ts'
import { onEvent } from './live.ts'

/** Something that is read from the hub. */
export interface Resource<T> {
  /** The latest answer; it stays while the next one is read. */
  readonly data: T | null
  readonly problem: Problem | null
  readonly isLoading: boolean
  reload(): void
}

/** Many events at once are one reload. */
const gatherMs = 300

export interface Following {
  /** Types of events after which it is read again, like `message.*`. */
  readonly on?: readonly string[]
  /** Only of these, where given. */
  readonly concerns?: (event: LiveEvent) => boolean
}

/** Reads something when the component appears, when the input changes, and after events that change it. */
export function useResource<I extends object, O>(call: Call<I, O>, input: I, following: Following = {}): Resource<O> {
  const [data, setData] = useState<O | null>(null)
  const [problem, setProblem] = useState<Problem | null>(null)
  const [isLoading, setLoading] = useState(true)
  const [turn, reload] = useTurns(following)
  const key = JSON.stringify(input)

  // The key stands for the input.
  useEffect(() => {
    const ended = new AbortController()
    setLoading(true)
    ask(call, input, ended.signal)
      .then((answer) => {
        setData(answer)
        setProblem(null)
        setLoading(false)
      })
      .catch((error: unknown) => {
        if (ended.signal.aborted) return
        setProblem(Problem.from(error))
        setLoading(false)
      })
    return () => ended.abort()
  }, [call, key, turn])

  return { data, problem, isLoading, reload }
}

/** A number that grows after events, and on demand: what depends on it is read again. */
export function useTurns(following: Following): [turn: number, next: () => void] {
  const [turn, setTurn] = useState(0)
  const latest = useRef(following)
  latest.current = following
  const next = () => setTurn((turn) => turn + 1)
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | null = null
    const end = onEvent((event) => {
      const { on = [], concerns = () => true } = latest.current
      const isOurs = event === 'reset' ? on.length > 0 : selects(on, event.type) && concerns(event)
      if (!isOurs || timer !== null) return
      timer = setTimeout(() => {
        timer = null
        next()
      }, gatherMs)
    })
    return () => {
      end()
      if (timer !== null) clearTimeout(timer)
    }
  }, [])
  return [turn, next]
}
