import { useEffect, useState } from 'preact/hooks'
import type { Result } from '../api/answer-types.ts'
import { Problem } from '../api/api-problem.ts'
import { ask } from '../api/ask.ts'
import { calls } from '../api/hub-calls.ts'
import { onEvent } from '../api/live.ts'

const pollMs = 5_000

/** The result of a command, step by step as the events have it; asked for now and then, should one be missed. */
export function useResult(id: string): { readonly result: Result | null; readonly problem: Problem | null } {
  const [result, setResult] = useState<Result | null>(null)
  const [problem, setProblem] = useState<Problem | null>(null)
  const isFinal = result?.final ?? false
  useEffect(() => {
    if (isFinal) return
    const read = () =>
      ask(calls.result, { id })
        .then(setResult)
        .catch((error: unknown) => setProblem(Problem.from(error)))
    read()
    const timer = setInterval(() => {
      if (!document.hidden) read()
    }, pollMs)
    const end = onEvent((event) => {
      if (event === 'reset') read()
      else if (event.type.startsWith('command.') && 'command_id' in event.data && event.data.command_id === id)
        setResult(event.data as unknown as Result)
    })
    return () => {
      clearInterval(timer)
      end()
    }
  }, [id, isFinal])
  return { result, problem }
}
