import { Fault } from '../../../message/fault.ts'
import type { Channel, Reply } from '../line/channel.ts'
import { fieldsIn, numberIn } from '../line/fields.ts'
import { readableStorages } from '../line/parse.ts'
import { patiently } from '../line/patience.ts'
import type { Quirks } from '../vendors/quirks.ts'
import { cdmaFormat } from './formats/cdma.ts'
import type { MessageFormat } from './formats/format.ts'
import { pduFormat } from './formats/pdu.ts'
import { plainTextFormat, textFormat } from './formats/text.ts'
import { indicationsOf, isOffered, rankOf, wayOf } from './indications.ts'
import { formOf, homeCommands, type StorageForm } from './storage-form.ts'

/** How a modem is set up to store and report messages. */
export interface MessageSetup {
  /** How messages are written and read. */
  readonly format: MessageFormat
  /** The storage of new messages; null for a modem that has no choice. */
  readonly home: string | null
  /** The form of `+CPMS` that was accepted; null where none was yet. */
  readonly storageForm: StorageForm | null
  /** Storages that can be read, the home first; null is the modem's own choice. */
  readonly storages: readonly (string | null)[]
  /** Texts are stored and have to be read: they are not delivered directly. */
  readonly stores: boolean
  /** The accepted form of `+CNMI`; null where none was: then messages are found by polling only. */
  readonly indications: string | null
  /** Direct delivery has to be acknowledged by `+CNMA`. */
  readonly acknowledges: boolean
  /** Better commands that were rejected: perhaps only because the SMS part was not ready. */
  readonly refused: readonly string[]
}

/** Rejected forms of `+CNMI` that are tried again. */
const maxRefused = 2

export async function setUpMessages(channel: Channel, quirks: Quirks): Promise<MessageSetup> {
  const refused: string[] = []
  const format = await chooseFormat(channel, quirks, refused)
  // Service 0: stored messages need no acknowledgement while a submission holds the line.
  const isPlain = await takes(channel, 'AT+CSMS=0')
  const readable = readableStorages((await patiently(channel, 'AT+CPMS=?', 5_000)).lines)
  const { home, storageForm } = await chooseStorage(channel, readable, quirks, refused)
  const indications = await chooseIndications(channel, quirks, refused)
  const comes = indications === null ? null : wayOf(indications)
  // A directly delivered text is only safe where it is acknowledged, in service 1 (TS 27.005 clause 3.4.1).
  const acknowledges =
    quirks.acknowledges &&
    (comes?.texts === 'direct'
      ? await takes(channel, 'AT+CSMS=1')
      : // Reports, and texts of class 0 that some vendors' modems always deliver directly.
        !isPlain && (await service(channel)) === 1)
  if (comes?.texts === 'direct' && quirks.acknowledges && !acknowledges) refused.push('AT+CSMS=1')
  // Where that is unknown, both are read: a text received before the set-up is in the storage of the modem's choice.
  const kept = ['SM', 'ME', ...(comes?.reports === 'stored' ? ['SR'] : [])].filter((name) => mayRead(readable, name))
  const storages = [...new Set([home, ...kept])]
  const stores = comes?.texts !== 'direct'
  return { format, home, storageForm, storages, stores, indications, acknowledges, refused }
}

/** Whether the modem still reports messages as set up: a reset or a missed +CNMA ends that. */
export function keeps(indications: string, { lines, final }: Reply): boolean {
  return final.kind !== 'ok' || isKept(indications, lines)
}

/** By the format of the vendor, the best first. */
const formats: Readonly<Record<Quirks['format'], readonly MessageFormat[]>> = {
  pdu: [pduFormat, textFormat, plainTextFormat],
  text: [textFormat, plainTextFormat],
  cdma: [cdmaFormat],
}

/** PDU mode wherever there is one. SIMCom answers ERROR until its SMS part is ready. */
async function chooseFormat(channel: Channel, quirks: Quirks, refused: string[]): Promise<MessageFormat> {
  for (const format of formats[quirks.format]) {
    const { final } = await patiently(channel, format.mode, 5_000, (reply) => reply.final.kind !== 'ok')
    const [need] = format.needs
    if (final.kind !== 'ok' || !(await isSet(channel, format.mode))) refused.push(format.mode)
    else if (!(await takesOne(channel, format.needs))) refused.push(need as string)
    else {
      for (const text of format.setUp) await channel.command(text, 5_000)
      return format
    }
  }
  throw new Fault('modem_error', channel.gone ?? 'the modem refuses PDU mode (AT+CMGF=0) and text mode too')
}

/** Some vendors' modems accept a mode that they lack; one whose mode can't be read is trusted. */
async function isSet(channel: Channel, mode: string): Promise<boolean> {
  const { lines } = await channel.command('AT+CMGF?', 5_000)
  const set = numberIn(lines.map((line) => fieldsIn(line, '+CMGF:')?.[0]).find((field) => field !== undefined))
  return set === null || mode.endsWith(String(set))
}

/** A modem that did not answer `+CPMS=?`, or listed nothing, may have any. */
function mayRead(readable: readonly string[], name: string): boolean {
  return readable.length === 0 || readable.includes(name)
}

async function takes(channel: Channel, text: string): Promise<boolean> {
  return (await channel.command(text, 5_000)).final.kind === 'ok'
}

/** Whether the modem accepts one of these; true where there are none. */
async function takesOne(channel: Channel, texts: readonly string[]): Promise<boolean> {
  for (const text of texts) if (await takes(channel, text)) return true
  return texts.length === 0
}

/** `+CSMS: <service>,<mt>,<mo>,<bm>` (TS 27.005 clause 3.2.1). */
async function service(channel: Channel): Promise<number> {
  const { lines } = await channel.command('AT+CSMS?', 5_000)
  return Number(lines.map((line) => /^\+CSMS: *(\d)/.exec(line)?.[1]).find((digit) => digit !== undefined) ?? 0)
}

/** The SIM first: its messages survive the modem. Where none is accepted the modem's own choice stays. */
async function chooseStorage(
  channel: Channel,
  readable: readonly string[],
  { storages }: Quirks,
  refused: string[],
): Promise<Pick<MessageSetup, 'home' | 'storageForm'>> {
  for (const name of storages.filter((one) => mayRead(readable, one))) {
    for (const text of homeCommands(name)) {
      const { final } = await patiently(channel, text, 10_000)
      if (final.kind === 'ok') return { home: name, storageForm: formOf(text) }
    }
    // One of its forms is enough, and every vendor knows a single name.
    refused.push(...homeCommands(name).slice(-1))
  }
  return { home: null, storageForm: null }
}

async function chooseIndications(channel: Channel, { cnmi: own }: Quirks, refused: string[]): Promise<string | null> {
  const offered = (await channel.command('AT+CNMI=?', 5_000)).lines.find((line) => line.startsWith('+CNMI:'))
  const better: string[] = []
  let chosen: string | null = null
  for (const cnmi of indicationsOf(offered?.slice(6) ?? null, own)) {
    const { final } = await patiently(channel, `AT+CNMI=${cnmi}`, 5_000)
    if (final.kind === 'ok' && isKept(cnmi, (await channel.command('AT+CNMI?', 5_000)).lines)) {
      chosen = cnmi
      break
    }
    if (final.kind !== 'ok') better.push(cnmi)
  }
  // Later it will not accept what it does not list.
  const isListed = (cnmi: string) => offered === undefined || isOffered(offered.slice(6), cnmi)
  const isBetter = (cnmi: string) => isListed(cnmi) && (chosen === null || rankOf(cnmi) < rankOf(chosen))
  refused.push(
    ...better
      .filter(isBetter)
      .slice(0, maxRefused)
      .map((cnmi) => `AT+CNMI=${cnmi}`),
  )
  return chosen
}

/** A modem whose setting can't be read is trusted. */
function isKept(cnmi: string, lines: readonly string[]): boolean {
  const kept = lines.find((line) => line.startsWith('+CNMI:'))
  const numbers = kept === undefined ? [] : (fieldsIn(kept, '+CNMI:') as string[]).map(numberIn)
  return kept === undefined || cnmi.split(',').every((digit, i) => Number(digit) === numbers[i])
}
