import { useEffect, useRef, useState } from 'preact/hooks'
import { selects } from '../../message/public-event-types.ts'
import type { LiveEvent } from './answer-types.ts'
import { ask } from './ask.ts'
import type { Call } from './hub-calls.ts'
import { onEvent } from './live.ts'
import { Problem } from './api-problem.ts'

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

interface Options {
  /** Types of events after which it is read again, like `message.*`. */
  readonly on?: readonly string[]
  /** Only of these, where given. */
  readonly concerns?: (event: LiveEvent) => boolean
  /** Nothing is read yet. */
  readonly isIdle?: boolean
}

/** Reads something when the component appears, when the input changes, and after events that change it. */
export function useResource<I extends object, O>(call: Call<I, O>, input: I, options: Options = {}): Resource<O> {
  const [data, setData] = useState<O | null>(null)
  const [problem, setProblem] = useState<Problem | null>(null)
  const [isLoading, setLoading] = useState(true)
  const [turn, setTurn] = useState(0)
  const key = `${call.path} ${JSON.stringify(input)}`
  const shownKey = useRef(key)
  const latest = useRef(options)
  latest.current = options
  const { isIdle = false } = options

  // The key stands for the call and its input
  useEffect(() => {
    if (isIdle) return
    const ended = new AbortController()
    setLoading(true)
    ask(call, input, ended.signal)
      .then((answer) => {
        shownKey.current = key
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
  }, [key, turn, isIdle])

  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | null = null
    const end = onEvent((event) => {
      const { on = [], concerns = () => true } = latest.current
      const isOurs = event === 'reset' ? on.length > 0 : selects(on, event.type) && concerns(event)
      if (!isOurs || timer !== null) return
      timer = setTimeout(() => {
        timer = null
        setTurn((turn) => turn + 1)
      }, gatherMs)
    })
    return () => {
      end()
      if (timer !== null) clearTimeout(timer)
    }
  }, [])

  // What belongs to another input is not shown as this one's.
  const isOld = shownKey.current.split(' ', 1)[0] !== key.split(' ', 1)[0]
  return { data: isOld ? null : data, problem, isLoading, reload: () => setTurn((turn) => turn + 1) }
}
