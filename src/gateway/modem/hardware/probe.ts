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

/** A port that sends by itself shows within this time what it is. */
const listenMs = 300
const digitsOfImei = /^\d{14,16}$/

/**
 * Identifies what is on a port. `AT` proves nothing, as some ports answer OK to everything: an IMEI of digits and a
 * state of the SIM do. Binary and NMEA ports are left alone. The port stays open.
 */
export async function probe(port: Port, clock: Clock): Promise<Probe> {
  let received = ''
  const dialogue: string[] = []
  const channel = new Channel(
    {
      ...port,
      write: (data) => port.write(data),
      onData: (listener) =>
        port.onData((data) => {
          if (received.length < 4_096) received += Buffer.from(data).toString('latin1')
          listener(data)
        }),
    },
    clock,
    { urc: () => {}, reset: () => {}, lost: () => {}, resynchronised: () => {} },
  )
  const nothing = (reason: string): Probe => ({ is: 'nothing', reason, lines: dialogue })
  try {
    await channel.sleep(listenMs)
    if (/^[^A-Za-z\r\n]*~/.test(received) || /^\0{8}/.test(received))
      return nothing('it speaks a binary protocol (diagnosis)')
    if (/\$G[PNLA][A-Z]{3},/.test(received)) return nothing('it sends positions (NMEA)')
    return await channel.exclusive(async () => {
      const ask = async (text: string) => {
        const reply = await channel.command(text, 5_000, { graceWithoutOk: 1_500 })
        const final =
          reply.final.kind === 'timeout' || reply.final.kind === 'lost' ? reply.final.kind : reply.final.text
        dialogue.push(`> ${text}`, ...reply.lines.map((line) => `< ${line}`), `< ${final}`)
        return reply
      }
      await channel.synchronise()
      if (channel.lost !== null) return nothing('nothing answers AT')
      await ask('ATE0')
      await ask('AT+CMEE=1')
      const { lines, final } = await ask('AT+CPIN?')
      const state = pinStateIn(lines)
      const identity = await identify(channel)
      dialogue.push(`< ${identity.manufacturer ?? ''} ${identity.model ?? ''} ${identity.imei ?? ''}`.trimEnd())
      if (identity.imei === null || !digitsOfImei.test(identity.imei))
        return nothing('it answers without an IMEI: the port is not a modem, or not its port for commands')
      const sim = state ?? (final.kind === 'error' ? final.text : null)
      if (sim === null) return nothing('it answers OK to everything: another port of the same modem takes the commands')
      return { is: 'modem', identity, sim, lines: dialogue }
    })
  } finally {
    // It receives nothing more: the port is the caller's now.
    channel.lose('probed')
  }
}
