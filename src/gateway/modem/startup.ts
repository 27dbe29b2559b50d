import { Fault } from '../../message/fault.ts'
import { within } from '../deadline.ts'
import type { PinMemory } from '../pin.ts'
import { type Identity, identify } from './hardware/identity.ts'
import type { Channel } from './line/channel.ts'
import { chooseCharset } from './line/charset.ts'
import { type MessageSetup, setUpMessages } from './messages/message-setup.ts'
import { type Observation, observe } from './observe.ts'
import { askCentre } from './service-centre.ts'
import { simId, smsAwake, unlockSim } from './sim-card.ts'
import { type Quirks, quirksOf } from './vendors/quirks.ts'

/** What the start-up learns of a modem and its SIM, and how it has set them up. */
export interface Started {
  readonly identity: Identity
  readonly quirks: Quirks
  /** ICCID, else IMSI; null where neither can be read. */
  readonly sim: string | null
  readonly messages: MessageSetup
  /** The number of the service centre (`service-centre.ts`). */
  readonly centre: string | null
  readonly observed: Observation
}

export interface StartOptions {
  readonly pin: { readonly code: string | undefined; readonly memory: PinMemory }
  /** Identifies the modem where it has no IMEI. */
  readonly name: string
  /** The modem answers: it is no longer a port only. */
  readonly answers: () => void
  /** Fails where this modem must not be used, before it is given the PIN. */
  readonly admit: (imei: string | null) => Promise<void>
  /** The quirks of the modem, as soon as they are known: also where the start-up fails later. */
  readonly holds: (quirks: Quirks) => void
  /** Called before each step. */
  readonly step: (name: string) => void
}

type Progress = { -readonly [Key in keyof Started]?: Started[Key] }

interface Step {
  readonly name: string
  /** In seconds: a modem that answers slowly must not block everything. */
  readonly within: number
  /** Commands whose errors do not matter, each with its deadline in ms. */
  readonly commands?: readonly (readonly [text: string, ms: number])[]
  readonly does?: (channel: Channel, known: Progress, options: StartOptions) => Promise<void>
}

/**
 * From any state that a modem may be in to one that sends and receives: out of a prompt,
 * with echo on, in the middle of a reply, in text mode. All of it again on any sign of a reset.
 */
export const steps: readonly Step[] = [
  {
    name: 'line',
    within: 60,
    does: async (channel, _, { answers }) => {
      channel.begin()
      await channel.synchronise()
      goneWith(channel)
      answers()
    },
  },
  { name: 'answers', within: 60, does: quieten },
  {
    name: 'identity',
    within: 60,
    does: async (channel, known, { holds, admit }) => {
      known.identity = await identify(channel)
      goneWith(channel)
      await admit(known.identity.imei)
      known.quirks = quirksOf(known.identity)
      holds(known.quirks)
    },
  },
  {
    name: 'make',
    within: 60,
    does: async (channel, { quirks }) => {
      for (const text of (quirks as Quirks).prepare) await channel.command(text, 3_000)
      await fixSpeed(channel, quirks as Quirks)
    },
  },
  { name: 'radio', within: 60, does: switchOn },
  {
    name: 'SIM',
    within: 180,
    does: async (channel, known, { pin, name }) => {
      const quirks = known.quirks as Quirks
      await unlockSim(channel, { ...pin, quirks, modem: known.identity?.imei ?? name })
      known.sim = await simId(channel, quirks)
      await smsAwake(channel, quirks)
    },
  },
  {
    name: 'registration',
    within: 30,
    commands: [
      ['AT+CREG=1', 5_000],
      ['AT+CLIP=1', 5_000],
    ],
    does: async (channel) => {
      // Another program may have set an alphabet in which names and numbers are hex.
      await chooseCharset(channel)
    },
  },
  {
    name: 'messages',
    within: 180,
    does: async (channel, known) => {
      known.messages = await setUpMessages(channel, known.quirks as Quirks)
      known.centre = await askCentre((text, ms) => channel.command(text, ms))
    },
  },
  {
    name: 'state',
    within: 60,
    does: async (channel, known) => {
      known.observed = await observe((text, ms) => channel.command(text, ms))
    },
  },
]

/** To be run inside `channel.exclusive`. Fails with a Fault and its remedy. */
export async function startUp(channel: Channel, options: StartOptions): Promise<Started> {
  const known: Progress = {}
  for (const step of steps) {
    options.step(step.name)
    const tooLong = () =>
      new Fault('modem_error', `start-up: the modem took longer than ${step.within} s over its ${step.name}`)
    await within(channel.clock, step.within * 1_000, take(step, channel, known, options), tooLong)
    goneWith(channel)
  }
  return known as Started
}

async function take({ commands = [], does }: Step, channel: Channel, known: Progress, options: StartOptions) {
  for (const [text, ms] of commands) await channel.command(text, ms)
  await does?.(channel, known, options)
}

function goneWith({ gone }: Channel): void {
  if (gone !== null) throw new Fault('port_failed', gone)
}

/** No echo, result codes in words, errors with numbers. */
async function quieten(channel: Channel): Promise<void> {
  await channel.command('ATE0', 3_000, { numeric: true })
  await channel.command('ATV1', 3_000, { numeric: true })
  // The N900 ignores the first of them.
  await channel.command('ATE0', 3_000)
  channel.echoSeen = false
  await channel.command('AT+CMEE=1', 3_000)
  channel.echoes = channel.echoSeen
}

/** Full functionality (TS 27.007 clause 8.2): another program may have left the radio off. */
async function switchOn(channel: Channel): Promise<void> {
  const { lines } = await channel.command('AT+CFUN?', 3_000)
  const functionality = lines.map((line) => /^\+CFUN: *"?0*(\d)/.exec(line)?.[1]).find((digit) => digit !== undefined)
  if (functionality !== undefined && functionality !== '1') await channel.command('AT+CFUN=1', 15_000)
}

/** +IPR: 0 is autobauding (V.250 clause 6.2.10): until the first command, the modem sends no unsolicited codes. */
async function fixSpeed(channel: Channel, { autobauds }: Quirks): Promise<void> {
  if (!autobauds || channel.baudRate === null) return
  const { lines } = await channel.command('AT+IPR?', 3_000)
  if (lines.some((line) => /^\+IPR: *0$/.test(line))) await channel.command(`AT+IPR=${channel.baudRate};&W`, 3_000)
}
