import type { Program } from './instructions.ts'
import { foldUnit } from './regular.ts'
import { took } from './steps-taken.ts'

/**
 * A Pike VM: all threads advance through the text in parallel, each instruction at most once for each unit of the text.
 * The number of steps is at most the length of the program times that of the text, whatever the text is. Threads are
 * kept in order of preference; their captures are linked lists that grow at the head, so that every repetition of an
 * item is kept.
 */
export interface Trail<M> {
  readonly mark: M
  readonly edge: 'open' | 'close'
  readonly at: number
  readonly before: Trail<M> | null
}

export interface Run<M> {
  readonly fits: boolean
  /** Captured marks, the last one first. */
  readonly trail: Trail<M> | null
  /** Units matched by a literal or a narrow set: how much of the text the pattern explains. */
  readonly weight: number
  readonly steps: number
  /** Where the match ends; 0 without one. */
  readonly to: number
  /** Where the furthest thread ended, and the instructions that it waited at. */
  readonly stopped: { readonly at: number; readonly weight: number; readonly waiting: readonly number[] }
}

export interface RunOptions {
  /** Finds the first match instead of matching the whole text. */
  readonly search?: boolean
  /** With `search`: the match begins at `from`. */
  readonly anchored?: boolean
  /** A truncated text fits as far as it goes. */
  readonly cut?: boolean
  readonly from?: number
  readonly to?: number
}

interface Way<M> {
  readonly at: number
  readonly trail: Trail<M> | null
  readonly weight: number
}

export function run<M>(program: Program<M>, text: string, options: RunOptions = {}): Run<M> {
  const { search = false, anchored = false, cut = false, from = 0, to = text.length } = options
  const seen = new Int32Array(program.length).fill(-1)
  const places: number[] = []
  const trails: (Trail<M> | null)[] = []
  let ways: Way<M>[] = []
  let next: Way<M>[] = []
  let found: Way<M> | null = null
  let end = 0
  let steps = 0
  let stopped = { at: from, weight: -1, waiting: [] as number[] }

  /** Adds every instruction that a thread reaches without input; true at the end: later threads no longer matter. */
  function follow(start: number, startTrail: Trail<M> | null, weight: number, position: number): boolean {
    places.push(start)
    trails.push(startTrail)
    for (let at = places.pop(); at !== undefined; at = places.pop()) {
      const trail = trails.pop() as Trail<M> | null
      if (seen[at] === position) continue
      seen[at] = position
      steps++
      const step = program[at] as Program<M>[number]
      if (step.do === 'fork') {
        for (let i = step.to.length - 1; i >= 0; i--) {
          places.push(step.to[i] as number)
          trails.push(trail)
        }
      } else if (step.do === 'mark') {
        places.push(at + 1)
        trails.push({ mark: step.mark, edge: step.edge, at: position, before: trail })
      } else if (step.do !== 'end') {
        next.push({ at, trail, weight })
        if (weight > stopped.weight) stopped = { at: position, weight, waiting: [at] }
        else if (weight === stopped.weight && position === stopped.at) stopped.waiting.push(at)
      } else if (search || position === to) {
        found = { at, trail, weight }
        end = position
        places.length = 0
        trails.length = 0
        return true
      }
    }
    return false
  }

  follow(0, null, 0, from)
  for (let position = from; position < to; position++) {
    ;[ways, next] = [next, []]
    if (ways.length === 0 && (!search || anchored || found !== null)) break
    const unit = text.charCodeAt(position)
    const folded = foldUnit(unit)
    for (const { at, trail, weight } of ways) {
      steps++
      const step = program[at] as Program<M>[number]
      const isTaken =
        step.do === 'unit'
          ? step.set.has(step.set.exact === true ? unit : folded)
          : step.do === 'literal' && step.unit === (step.exact ? unit : folded)
      if (!isTaken) continue
      const gained = step.do === 'unit' && step.set.free ? weight : weight + 1
      if (follow(at + 1, trail, gained, position + 1)) break
    }
    if (search && !anchored && found === null) follow(0, null, 0, position + 1)
  }
  took(steps + program.length)
  const last = found ?? (cut ? heaviest(next) : null)
  return { fits: last !== null, trail: last?.trail ?? null, weight: last?.weight ?? 0, steps, to: end, stopped }
}

function heaviest<M>(ways: readonly Way<M>[]): Way<M> | null {
  return ways.reduce<Way<M> | null>((best, way) => (best === null || way.weight > best.weight ? way : best), null)
}
