import { Fault } from '../../message/fault.ts'
import type { GatewayState } from '../../message/gateway-state.ts'
import { type Clock, sleep } from '../../util/clock.ts'
import type { Channel, Command, Reply } from './channel.ts'
import { digitsIn, operatorIn, pinStateIn, readableStorages, registrationIn, signalIn } from './parse.ts'

/** What the start-up learns of a modem and its SIM. */
export interface Identity {
  manufacturer: string | null
  model: string | null
  firmware: string | null
  imei: string | null
  /** ICCID, else IMSI: what names the SIM. */
  sim: string | null
  storages: string[]
  network: GatewayState['network']
  operator: string | null
  technology: string | null
  signal: { dbm: number; percent: number } | null
}

/**
 * Makes a modem ready from whatever state it was left in: echo on, in a prompt, in the middle of a reply. To be run
 * inside `channel.exclusive`. A Fault says what people must do.
 */
export async function startUp(
  channel: Channel,
  clock: Clock,
  options: { readonly pin: string | undefined },
): Promise<Identity> {
  await synchronise(channel, clock)
  for (const text of ['ATE0', 'ATV1']) await channel.command({ text, timeout: 3_000, numeric: true })
  // Some makes want to be told twice (the N900 answers the first ATE0 wrongly).
  await channel.command({ text: 'ATE0', timeout: 3_000 })
  channel.echoSeen = false
  const ask = (text: string, prefix?: string, timeout = 3_000): Promise<Reply> =>
    channel.command({ text, timeout, ...(prefix !== undefined && { prefix }) })
  await ask('AT+CMEE=1')
  const identity: Identity = {
    manufacturer: plainAnswer(await ask('AT+CGMI', '')),
    model: plainAnswer(await ask('AT+CGMM', '')),
    firmware: plainAnswer(await ask('AT+CGMR', '')),
    imei: digitsIn((await ask('AT+CGSN', '')).lines, 14),
    sim: null,
    storages: [],
    network: 'unknown',
    operator: null,
    technology: null,
    signal: null,
  }
  const functionality = /^\+CFUN: *(\d)/.exec((await ask('AT+CFUN?', '+CFUN:')).lines[0] ?? '')?.[1]
  if (functionality !== undefined && functionality !== '1') await ask('AT+CFUN=1', undefined, 15_000)
  await unlockSim(channel, clock, options.pin)
  for (const text of ['AT+CCID', 'AT+QCCID', 'AT^ICCID?', 'AT+CIMI']) {
    identity.sim ??= digitsIn((await ask(text, '', 5_000)).lines, 14)
  }
  await ask('AT+CREG=1', undefined, 5_000)
  await pduMode(channel, clock)
  // Service 0: what is stored needs no acknowledgement while a send holds the line.
  await ask('AT+CSMS=0', '+CSMS:', 5_000)
  identity.storages = readableStorages((await ask('AT+CPMS=?', '+CPMS:', 5_000)).lines)
  await chooseStorage(channel, identity.storages)
  await chooseIndications(channel)
  await observe(channel, identity)
  return identity
}

/** Registration, signal and operator: asked at the start and in every heartbeat. */
export async function observe(channel: Channel, identity: Identity): Promise<Reply> {
  const states: GatewayState['network'][] = []
  for (const name of ['CREG', 'CGREG', 'CEREG']) {
    const { lines } = await channel.command({ text: `AT+${name}?`, prefix: `+${name}:`, timeout: 5_000 })
    for (const line of lines) states.push(registrationIn(line) ?? 'unknown')
    if (states.includes('registered') || states.includes('roaming')) break
  }
  identity.network = states.find((state) => state === 'registered' || state === 'roaming') ?? states[0] ?? 'unknown'
  const operator = operatorIn((await channel.command({ text: 'AT+COPS?', prefix: '+COPS:', timeout: 30_000 })).lines)
  identity.operator = operator?.operator ?? null
  identity.technology = operator?.technology ?? null
  const reply = await channel.command({ text: 'AT+CSQ', prefix: '+CSQ:', timeout: 5_000 })
  identity.signal = signalIn(reply.lines)
  return reply
}

/** ms of silence behind ESC before the first AT. */
const settle = 100
const attempts = 10

/**
 * Brings the line to a known state: out of a prompt, past a late answer. Two clean exchanges in a row, for the OK of
 * the first may have been somebody else's.
 */
export async function synchronise(channel: Channel, clock: Clock): Promise<void> {
  channel.reset()
  channel.write('\x1b')
  await sleep(clock, settle)
  let clean = 0
  for (let attempt = 1; attempt <= attempts && !channel.lost; attempt++) {
    const answer = await probe(channel, clock, attempt <= 3 ? 1_000 : 3_000)
    if (answer === 'prompt') channel.write('\x1b')
    clean = answer === 'ok' ? clean + 1 : 0
    if (clean === 2) return
    if (answer !== 'ok') await sleep(clock, settle)
  }
  throw new Fault('modem_error', channel.lost ? 'the port was lost' : `no answer to AT after ${attempts} attempts`)
}

/** One AT: `ok`, or a `prompt` that somebody left behind, or nothing usable. */
function probe(channel: Channel, clock: Clock, timeout: number): Promise<'ok' | 'prompt' | 'none'> {
  return new Promise((resolve) => {
    const finish = (answer: 'ok' | 'prompt' | 'none') => {
      timer.cancel()
      channel.listen(null)
      resolve(answer)
    }
    const timer = clock.after(timeout, () => finish('none'))
    channel.listen(
      {
        token: (token) => {
          if (token.kind === 'prompt') finish('prompt')
          else if (token.text === 'OK' || token.text === '0') finish('ok')
          else if (/ERROR/.test(token.text)) finish('none')
          return true
        },
        lost: () => finish('none'),
      },
      '',
      'AT',
    )
    channel.write('AT\r')
  })
}

function plainAnswer({ lines }: Reply): string | null {
  const line = lines
    .find((one) => one !== '')
    ?.replace(/^\+CGM[IMR]: */, '')
    .replace(/^"|"$/g, '')
  return line === undefined || line === '' ? null : line
}

const simWait = 2_000
const simAttempts = 15

/** Waits for the SIM and enters the PIN once; what needs a person is a Fault that says so. */
async function unlockSim(channel: Channel, clock: Clock, pin: string | undefined): Promise<void> {
  let entered = false
  for (let attempt = 1; attempt <= simAttempts && !channel.lost; attempt++) {
    const { lines, final } = await channel.command({
      text: 'AT+CPIN?',
      prefix: '+CPIN:',
      timeout: 5_000,
      graceWithoutOk: 1_500,
    })
    const state = pinStateIn(lines)
    if (state === 'READY' || state === 'SIM PIN2' || state === 'SIM PUK2') return
    if (final.kind === 'error' && (final.number === 10 || final.number === 310))
      throw simFault('missing', 'there is no SIM in the modem')
    if (state === 'SIM PUK') throw simFault('puk', 'the SIM wants its PUK: unlock it in a telephone')
    if (state === 'SIM PIN') {
      if (pin === undefined) throw simFault('pin', 'the SIM wants its PIN: set pin: under the gateway')
      if (entered) throw refusedPin()
      await enterPin(channel, pin)
      entered = true
    }
    await sleep(clock, simWait)
  }
  throw new Fault('modem_error', 'the SIM did not become ready')
}

/** Never the last try: a wrong PIN must not block the SIM. */
async function enterPin(channel: Channel, pin: string): Promise<void> {
  const { lines } = await channel.command({ text: 'AT+CPINR="SIM PIN"', prefix: '+CPINR:', timeout: 5_000 })
  const left = /^\+CPINR: *"?SIM PIN"?, *(\d+)/.exec(lines.find((line) => line.startsWith('+CPINR:')) ?? '')?.[1]
  if (left !== undefined && Number(left) < 2) {
    throw simFault('pin', 'one PIN try is left: unlock the SIM in a telephone, then start again')
  }
  const { final } = await channel.command({ text: `AT+CPIN="${pin}"`, timeout: 20_000 })
  if (final.kind === 'error') throw refusedPin()
}

function refusedPin(): Fault {
  return new Fault('modem_error', 'the SIM refused the PIN: correct pin: under the gateway', {
    sim: 'pin',
    pin: 'refused',
  })
}

function simFault(sim: GatewayState['sim'], message: string): Fault {
  return new Fault('modem_error', message, { sim })
}

/** SIMCom answers ERROR until its SMS part is awake. */
async function pduMode(channel: Channel, clock: Clock): Promise<void> {
  for (let attempt = 1; attempt <= 5 && !channel.lost; attempt++) {
    const { final } = await channel.command({ text: 'AT+CMGF=0', timeout: 5_000 })
    if (final.kind === 'ok') return
    await sleep(clock, 2_000)
  }
  throw new Fault('modem_error', 'the modem refuses PDU mode (AT+CMGF=0)')
}

async function chooseStorage(channel: Channel, storages: readonly string[]): Promise<void> {
  const preferred = ['SM', 'ME', 'MT'].filter((name) => storages.length === 0 || storages.includes(name))
  for (const name of preferred) {
    for (const text of [`"${name}","${name}","${name}"`, `"${name}","${name}"`, `"${name}"`]) {
      const { final } = await channel.command({ text: `AT+CPMS=${text}`, prefix: '+CPMS:', timeout: 10_000 })
      if (final.kind === 'ok') return
    }
  }
}

/**
 * How new texts are told, the best first: what a modem lists it may still refuse, and what it takes it may not keep
 * (facts: modems, section 8.1).
 */
const indications = ['2,1,0,1,0', '1,1,0,1,0', '2,1,0,2,0', '1,1,0,2,0', '2,1,0,0,0', '1,1,0,0,0', '1,1']

async function chooseIndications(channel: Channel): Promise<void> {
  for (const text of indications) {
    const command: Command = { text: `AT+CNMI=${text}`, timeout: 5_000 }
    if ((await channel.command(command)).final.kind !== 'ok') continue
    const { lines } = await channel.command({ text: 'AT+CNMI?', prefix: '+CNMI:', timeout: 5_000 })
    const kept = lines
      .find((line) => line.startsWith('+CNMI:'))
      ?.slice(6)
      .replace(/\s/g, '')
    if (kept === undefined || kept.startsWith(text)) return
  }
}
