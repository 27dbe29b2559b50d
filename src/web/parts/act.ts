import { useState } from 'preact/hooks'
import { Problem } from '../api/api-problem.ts'
import { spokenProblem } from './fault.tsx'
import { complain, notify } from './toast.tsx'

/** Something that a person asks for: what it is doing, and how it failed. */
export interface Act {
  readonly isBusy: boolean
  readonly problem: Problem | null
  /** Does it, unless it is being done. Returns whether it was done. */
  run(work: () => Promise<unknown>, done?: string): Promise<boolean>
}

/** With `isQuiet`, the caller shows the problem. */
export function useAct({ isQuiet = false } = {}): Act {
  const [isBusy, setBusy] = useState(false)
  const [problem, setProblem] = useState<Problem | null>(null)
  const run = async (work: () => Promise<unknown>, done?: string): Promise<boolean> => {
    if (isBusy) return false
    setBusy(true)
    setProblem(null)
    try {
      await work()
      if (done !== undefined) notify(done)
      return true
    } catch (error) {
      const failed = Problem.from(error)
      setProblem(failed)
      if (!isQuiet) complain(spokenProblem(failed))
      return false
    } finally {
      setBusy(false)
    }
  }
  return { isBusy, problem, run }
}
