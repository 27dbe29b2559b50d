import type { Fault } from '../../message/fault.ts'
import type { Channel } from './line/channel.ts'
import { finalIn } from './line/results.ts'
import type { Quirks } from './vendors/quirks.ts'

/** Between the two halves of a radio cycle, and after it. */
const radioOffMs = 3_000
const radioSettlesMs = 5_000
/** For a modem to reject the reset. */
const refusalTimeoutMs = 3_000

/** No recovery of the hub helps: a person has to act. */
export function needsPerson({ detail }: Fault): boolean {
  return detail.sim === 'pin' || detail.sim === 'puk' || detail.needsPerson === true
}

/** Off and on. To be run inside `channel.exclusive`. */
export async function cycleRadio(channel: Channel): Promise<void> {
  await channel.command('AT+CFUN=0', 15_000)
  await channel.sleep(radioOffMs)
  await channel.command('AT+CFUN=1', 15_000)
  await channel.sleep(radioSettlesMs)
}

/**
 * Resets the modem, whether it answers or not: one that does not answer may still receive. To be run inside
 * `channel.exclusive`; the port is unusable afterwards.
 */
export async function resetModem(channel: Channel, { reset }: Quirks): Promise<void> {
  channel.write('\x1b')
  await channel.sleep(100)
  for (const text of reset) {
    channel.write(`${text}\r`)
    if (!(await refuses(channel, text))) return
  }
}

function refuses(channel: Channel, echo: string): Promise<boolean> {
  return new Promise((resolve) => {
    const end = (refused: boolean) => {
      timer.cancel()
      channel.listen(null)
      resolve(refused)
    }
    const timer = channel.clock.after(refusalTimeoutMs, () => end(false))
    channel.listen(
      {
        token: (token) => {
          const final = token.kind === 'line' ? finalIn(token.text) : null
          if (final !== null) end(final.kind === 'error')
        },
        reset: () => end(false),
        lost: () => end(false),
      },
      { echo },
    )
  })
}
