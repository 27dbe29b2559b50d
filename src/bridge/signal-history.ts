import type { SignalSample } from '../api/gateway-board.ts'

const slotMs = 300_000
const spanMs = 86_400_000

/** The signal of each gateway in the last 24 hours, the latest reading of every five minutes, since the hub started. */
export class SignalHistory {
  readonly #samples = new Map<string, SignalSample[]>()

  /** Null where it is not known: the curve has a gap there. */
  note(gateway: string, percent: number | null, now: number): void {
    const slot = slotOf(now)
    // Those in the future are from a clock that was ahead.
    const kept = this.of(gateway, now).filter(({ at }) => slotOf(at) !== slot && at < now)
    this.#samples.set(gateway, [...kept, { at: now, percent }])
  }

  of(gateway: string, now: number): readonly SignalSample[] {
    return (this.#samples.get(gateway) ?? []).filter(({ at }) => at > now - spanMs)
  }
}

const slotOf = (time: number): number => Math.floor(time / slotMs)
