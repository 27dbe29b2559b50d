import type { Channel } from '../line/channel.ts'
import { digitsIn } from '../line/parse.ts'

/** Who made the modem, and which one it is. */
export interface Identity {
  readonly manufacturer: string | null
  readonly model: string | null
  readonly firmware: string | null
  readonly imei: string | null
  /** What `+GCAP` lists; `CIS707` there is a modem for CDMA. */
  readonly capabilities: string | null
}

/** Queries again after no line or several: while booting a modem sends other lines, too, and not all are known. */
export async function identify(channel: Channel): Promise<Identity> {
  const ask = async (text: string) => {
    const first = await channel.command(text, 3_000)
    if (first.lines.length === 1 || first.final.kind !== 'ok') return first.lines
    const { lines } = await channel.command(text, 3_000)
    const both = lines.filter((line) => first.lines.includes(line))
    return both.length > 0 ? both : lines.length > 0 ? lines : first.lines
  }
  return {
    manufacturer: nameIn(await ask('AT+CGMI')),
    model: nameIn(await ask('AT+CGMM')),
    firmware: nameIn(await ask('AT+CGMR')),
    imei: digitsIn(await ask('AT+CGSN'), 14),
    capabilities: nameIn(await ask('AT+GCAP')),
  }
}

/** The first line, with or without the command's name and quotes in front. */
function nameIn(lines: readonly string[]): string | null {
  const name = lines[0]?.replace(/^\+(?:CGM[IMR]|GCAP): */, '').replace(/^"|"$/g, '') ?? ''
  return name === '' ? null : name
}
