import type { Channel, Reply } from './channel.ts'
import { digitsIn } from './parse.ts'

/** Who made the modem, and which one it is. */
export interface Identity {
  readonly manufacturer: string | null
  readonly model: string | null
  readonly firmware: string | null
  readonly imei: string | null
  /** What `+GCAP` lists; `CIS707` there is a modem for CDMA. */
  readonly capabilities: string | null
}

export async function identify(channel: Channel): Promise<Identity> {
  const ask = (text: string) => channel.command(text, 3_000)
  return {
    manufacturer: nameIn(await ask('AT+CGMI')),
    model: nameIn(await ask('AT+CGMM')),
    firmware: nameIn(await ask('AT+CGMR')),
    imei: digitsIn((await ask('AT+CGSN')).lines, 14),
    capabilities: nameIn(await ask('AT+GCAP')),
  }
}

/** The first line, with or without the command's name and quotes in front. */
function nameIn({ lines }: Reply): string | null {
  const name = lines[0]?.replace(/^\+(?:CGM[IMR]|GCAP): */, '').replace(/^"|"$/g, '') ?? ''
  return name === '' ? null : name
}
