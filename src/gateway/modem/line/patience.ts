import type { Channel, Reply } from './channel.ts'

/** "SIM busy" and "please wait, init or command processing". */
const busy = { cme: [14, 515], cms: [314, 515] } as const

/** Between two attempts, and their number. */
const betweenTriesMs = 2_000
const maxTries = 5

/** A command that is repeated while the modem is busy with its SIM, or while `again` holds. */
export async function patiently(
  channel: Channel,
  text: string,
  timeout: number,
  again: (reply: Reply) => boolean = isBusy,
): Promise<Reply> {
  for (let left = maxTries - 1; ; left--) {
    const reply = await channel.command(text, timeout)
    if (left === 0 || channel.gone !== null || !again(reply)) return reply
    await channel.sleep(betweenTriesMs)
  }
}

function isBusy({ final }: Reply): boolean {
  if (final.kind !== 'error' || final.family === null || final.number === null) return false
  return (busy[final.family] as readonly number[]).includes(final.number)
}
