import { Fault } from '../../message/fault.ts'
import type { Channel } from './channel.ts'
import { type Identity, identify } from './identity.ts'
import { type MessageSetup, setUpMessages } from './message-setup.ts'
import { type Observation, observe } from './observe.ts'
import { type Quirks, quirksOf } from './quirks.ts'
import { type PinMemory, simId, unlockSim } from './sim-card.ts'

/** What the start-up learns of a modem and its SIM, and how it has set them up. */
export interface Started {
  readonly identity: Identity
  readonly quirks: Quirks
  /** ICCID, else IMSI; null where the SIM tells neither. */
  readonly sim: string | null
  readonly messages: MessageSetup
  readonly observed: Observation
}

export interface StartOptions {
  readonly pin: { readonly code: string | undefined; readonly memory: PinMemory }
  /** Names the modem where it has no IMEI. */
  readonly name: string
  /** The modem answers: it is no longer a port only. */
  readonly answers: () => void
  /** Told before each step. */
  readonly step: (name: string) => void
}

type Progress = { -readonly [Key in keyof Started]?: Started[Key] }

interface Step {
  readonly name: string
  /** Commands whose errors do not matter, each with its deadline in ms. */
  readonly commands?: readonly (readonly [text: string, ms: number])[]
  readonly does?: (channel: Channel, known: Progress, options: StartOptions) => Promise<void>
}

/**
 * From any state that a modem may be in to one that sends and receives (facts: modems, section 4): out of a prompt,
 * with echo on, in the middle of a reply, in text mode. All of it again on any sign of a reset.
 */
export const steps: readonly Step[] = [
  {
    name: 'line',
    does: async (channel, _, { answers }) => {
      channel.begin()
      await channel.synchronise()
      goneWith(channel)
      answers()
    },
  },
  { name: 'answers', does: quieten },
  {
    name: 'identity',
    does: async (channel, known) => {
      known.identity = await identify(channel)
      known.quirks = quirksOf(known.identity)
    },
  },
  {
    name: 'make',
    does: async (channel, { quirks }) => {
      for (const text of (quirks as Quirks).prepare) await channel.command(text, 3_000)
    },
  },
  { name: 'radio', does: switchOn },
  {
    name: 'SIM',
    does: async (channel, known, { pin, name }) => {
      const quirks = known.quirks as Quirks
      await unlockSim(channel, { ...pin, quirks, modem: known.identity?.imei ?? name })
      known.sim = await simId(channel, quirks)
    },
  },
  {
    name: 'registration',
    commands: [
      ['AT+CREG=1', 5_000],
      ['AT+CLIP=1', 5_000],
    ],
  },
  {
    name: 'messages',
    does: async (channel, known) => {
      known.messages = await setUpMessages(channel, known.quirks as Quirks)
    },
  },
  {
    name: 'state',
    does: async (channel, known) => {
      known.observed = await observe((text, ms) => channel.command(text, ms))
    },
  },
]

/** To be run inside `channel.exclusive`. A Fault says what people must do. */
export async function startUp(channel: Channel, options: StartOptions): Promise<Started> {
  const known: Progress = {}
  for (const { name, commands = [], does } of steps) {
    options.step(name)
    for (const [text, ms] of commands) await channel.command(text, ms)
    await does?.(channel, known, options)
    goneWith(channel)
  }
  return known as Started
}

function goneWith({ gone }: Channel): void {
  if (gone !== null) throw new Fault('port_failed', gone)
}

/** No echo, result codes in words, errors with numbers. */
async function quieten(channel: Channel): Promise<void> {
  await channel.command('ATE0', 3_000, { numeric: true })
  await channel.command('ATV1', 3_000, { numeric: true })
  // The N900 ignores the first of them (facts: modems, section 2.2).
  await channel.command('ATE0', 3_000)
  channel.echoSeen = false
  await channel.command('AT+CMEE=1', 3_000)
  channel.echoes = channel.echoSeen
}

/** Full functionality (TS 27.007 clause 8.2): whoever was here before may have left the radio off. */
async function switchOn(channel: Channel): Promise<void> {
  const { lines } = await channel.command('AT+CFUN?', 3_000)
  const functionality = lines.map((line) => /^\+CFUN: *(\d)/.exec(line)?.[1]).find((digit) => digit !== undefined)
  if (functionality !== undefined && functionality !== '1') await channel.command('AT+CFUN=1', 15_000)
}
