import type { Channel } from './channel.ts'
import { fieldsIn } from './fields.ts'

/**
 * Sets the alphabet of everything that is no PDU: names, numbers, USSD (TS 27.007 clause 5.5). Another program may have
 * set any. Resolves with the current one; null where the modem does not report it.
 */
export async function chooseCharset(channel: Channel): Promise<string | null> {
  for (const text of ['AT+CSCS="GSM"', 'AT+CSCS=GSM'])
    if ((await channel.command(text, 3_000)).final.kind === 'ok') return 'GSM'
  const { lines } = await channel.command('AT+CSCS?', 3_000)
  return lines.map((line) => fieldsIn(line, '+CSCS:')?.[0]?.toUpperCase()).find((name) => name !== undefined) ?? null
}
