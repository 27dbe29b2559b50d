import type { Clock } from '../../../util/clock.ts'
import { Channel } from '../line/channel.ts'
import { pinStateIn } from '../line/parse.ts'
import type { Port } from '../line/port.ts'
import { type Identity, identify } from './identity.ts'

/** What answers on a port. */
export type Probe =
  | {
      readonly is: 'modem'
      readonly identity: Identity
      /** `READY`, `SIM PIN`, or the error that the modem gave. */
      readonly sim: string
      readonly lines: readonly string[]
    }
  | { readonly is: 'nothing'; readonly reason: string; readonly lines: readonly string[] }

/** ms in which a port that talks by itself shows what it is. */
const listenMs = 300
const digitsOfImei = /^\d{14,16}$/

/**
 * Asks a port what it is. `AT` proves nothing, for some ports answer OK to everything: an IMEI of digits and a state
 * of the SIM do. Binary and NMEA ports are left alone. The port stays open.
 */
export async function probe(port: Port, clock: Clock): Promise<Probe> {
  let heard = ''
  const said: string[] = []
  const channel = new Channel(
    {
      ...port,
      write: (data) => port.write(data),
      onData: (listener) =>
        port.onData((data) => {
          if (heard.length < 4_096) heard += Buffer.from(data).toString('latin1')
          listener(data)
        }),
    },
    clock,
    { urc: () => {}, reset: () => {}, lost: () => {}, resynchronised: () => {} },
  )
  const nothing = (reason: string): Probe => ({ is: 'nothing', reason, lines: said })
  try {
    await channel.sleep(listenMs)
    if (/^[^A-Za-z\r\n]*~/.test(heard) || /^\0{8}/.test(heard))
      return nothing('it speaks a binary protocol (diagnosis)')
    if (/\$G[PNLA][A-Z]{3},/.test(heard)) return nothing('it tells positions (NMEA)')
    return await channel.exclusive(async () => {
      const ask = async (text: string) => {
        const reply = await channel.command(text, 5_000, { graceWithoutOk: 1_500 })
        const final =
          reply.final.kind === 'timeout' || reply.final.kind === 'lost' ? reply.final.kind : reply.final.text
        said.push(`> ${text}`, ...reply.lines.map((line) => `< ${line}`), `< ${final}`)
        return reply
      }
      await channel.synchronise()
      if (channel.lost !== null) return nothing('nothing answers AT')
      await ask('ATE0')
      await ask('AT+CMEE=1')
      const { lines, final } = await ask('AT+CPIN?')
      const state = pinStateIn(lines)
      const identity = await identify(channel)
      said.push(`< ${identity.manufacturer ?? ''} ${identity.model ?? ''} ${identity.imei ?? ''}`.trimEnd())
      if (identity.imei === null || !digitsOfImei.test(identity.imei))
        return nothing('it answers, and tells no IMEI: the port is no modem, or not its port for commands')
      const sim = state ?? (final.kind === 'error' ? final.text : null)
      if (sim === null) return nothing('it answers OK to everything: another port of the same modem takes the commands')
      return { is: 'modem', identity, sim, lines: said }
    })
  } finally {
    // It hears nothing more: the port is somebody else's now.
    channel.lose('probed')
  }
}
