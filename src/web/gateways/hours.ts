import type { Message } from '../api/answer-types.ts'

/** Texts of each hour, sent and received. */
export interface Hours {
  /** Beginnings of the hours, in seconds since 1970. */
  readonly times: readonly number[]
  readonly sent: readonly number[]
  readonly received: readonly number[]
}

const hourSeconds = 3_600

/** Counts the texts of the last hours. */
export function hoursOf(messages: readonly Pick<Message, 'at' | 'direction'>[], until: number, hours: number): Hours {
  const last = Math.floor(until / 1000 / hourSeconds) * hourSeconds
  const times = Array.from({ length: hours }, (_, at) => last - (hours - 1 - at) * hourSeconds)
  const count = (direction: Message['direction']) =>
    times.map(
      (begin) =>
        messages.filter((one) => {
          const at = Date.parse(one.at) / 1000
          return one.direction === direction && at >= begin && at < begin + hourSeconds
        }).length,
    )
  return { times, sent: count('out'), received: count('in') }
}
