import type { SignalSample } from '../api/gateway-board.ts'

const slotMs = 300_000
const spanMs = 86_400_000

/** The signal of each gateway in the last 24 hours, the latest reading of every five minutes, since the hub started. */
export class SignalHistory {
  readonly #samples = new Map<string, SignalSample[]>()

  /** Null where it is not known: the curve has a gap there. */
  note(gateway: string, percent: number | null, now: number): void {
    const samples = this.#samples.get(gateway) ?? []
    this.#samples.set(gateway, samples)
    // Those in the future are from a clock that was ahead.
    for (let last = samples.at(-1); last && (last.at >= now || slotOf(last.at) === slotOf(now)); last = samples.at(-1))
      samples.pop()
    samples.push({ at: now, percent })
    for (let [first] = samples; first && first.at <= now - spanMs; [first] = samples) samples.shift()
  }

  of(gateway: string, now: number): readonly SignalSample[] {
    return (this.#samples.get(gateway) ?? []).filter(({ at }) => at > now - spanMs)
  }
}

const slotOf = (time: number): number => Math.floor(time / slotMs)
