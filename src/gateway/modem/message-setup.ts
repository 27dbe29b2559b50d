import { Fault } from '../../message/fault.ts'
import type { Channel, Reply } from './channel.ts'
import { cdmaFormat } from './formats/cdma.ts'
import type { MessageFormat } from './formats/format.ts'
import { pduFormat } from './formats/pdu.ts'
import { plainTextFormat, textFormat } from './formats/text.ts'
import { readableStorages } from './parse.ts'
import { patiently } from './patience.ts'
import type { Quirks } from './quirks.ts'
import { formOf, homeCommands, type StorageForm } from './storage-form.ts'

/** How a modem was told to keep and tell messages. */
export interface MessageSetup {
  /** How messages are written and read. */
  readonly format: MessageFormat
  /** Where new messages go; null for a modem that has no choice. */
  readonly home: string | null
  /** The form of `+CPMS` that was taken; null where none was yet. */
  readonly storageForm: StorageForm | null
  /** Storages that can be read, the home first; null is what the modem has chosen itself. */
  readonly storages: readonly (string | null)[]
  /** Texts are stored, and must be read: they do not come directly. */
  readonly stores: boolean
  /** What `+CNMI` took; null when it took nothing: then only looking helps. */
  readonly indications: string | null
  /** What comes directly wants `+CNMA`. */
  readonly acknowledges: boolean
}

export async function setUpMessages(channel: Channel, quirks: Quirks): Promise<MessageSetup> {
  const format = await chooseFormat(channel, quirks)
  // Service 0: what is stored needs no acknowledgement while a send holds the line.
  const isPlain = await takes(channel, 'AT+CSMS=0')
  const readable = readableStorages((await patiently(channel, 'AT+CPMS=?', 5_000)).lines)
  const { home, storageForm } = await chooseStorage(channel, readable, quirks)
  const indications = await chooseIndications(channel, quirks)
  const comes = indications === null ? null : wayOf(indications)
  // A text that is handed over is only safe until it is acknowledged in service 1 (TS 27.005 clause 3.4.1).
  const acknowledges =
    quirks.acknowledges &&
    (comes?.texts === 'direct'
      ? await takes(channel, 'AT+CSMS=1')
      : // Reports, and texts of class 0 that some makes hand over whatever they were told.
        !isPlain && (await service(channel)) === 1)
  // Where nobody knows, both are read: a text that came before the set-up lies in the modem's own choice.
  const kept = ['SM', 'ME', ...(comes?.reports === 'stored' ? ['SR'] : [])].filter((name) => mayRead(readable, name))
  const storages = [...new Set([home, ...kept])]
  const stores = comes?.texts !== 'direct'
  return { format, home, storageForm, storages, stores, indications, acknowledges }
}

/** Whether the modem still tells messages as it was told to: a reset or a missed +CNMA takes that away. */
export function keeps(indications: string, { lines, final }: Reply): boolean {
  return final.kind !== 'ok' || isKept(indications, lines)
}

/** By what the make is said to know, the best first. */
const formats: Readonly<Record<Quirks['format'], readonly MessageFormat[]>> = {
  pdu: [pduFormat, textFormat, plainTextFormat],
  text: [textFormat, plainTextFormat],
  cdma: [cdmaFormat],
}

/** PDU mode wherever there is one. SIMCom answers ERROR until its SMS part is awake. */
async function chooseFormat(channel: Channel, quirks: Quirks): Promise<MessageFormat> {
  for (const format of formats[quirks.format]) {
    const { final } = await patiently(channel, format.mode, 5_000, (reply) => reply.final.kind !== 'ok')
    if (final.kind !== 'ok' || !(await takesOne(channel, format.needs))) continue
    for (const text of format.setUp) await channel.command(text, 5_000)
    return format
  }
  throw new Fault('modem_error', channel.gone ?? 'the modem refuses PDU mode (AT+CMGF=0) and text mode too')
}

/** A modem that did not answer `+CPMS=?`, or listed nothing, may have any. */
function mayRead(readable: readonly string[], name: string): boolean {
  return readable.length === 0 || readable.includes(name)
}

async function takes(channel: Channel, text: string): Promise<boolean> {
  return (await channel.command(text, 5_000)).final.kind === 'ok'
}

/** Whether the modem takes one of these; true where there are none. */
async function takesOne(channel: Channel, texts: readonly string[]): Promise<boolean> {
  for (const text of texts) if (await takes(channel, text)) return true
  return texts.length === 0
}

/** `+CSMS: <service>,<mt>,<mo>,<bm>` (TS 27.005 clause 3.2.1). */
async function service(channel: Channel): Promise<number> {
  const { lines } = await channel.command('AT+CSMS?', 5_000)
  return Number(lines.map((line) => /^\+CSMS: *(\d)/.exec(line)?.[1]).find((digit) => digit !== undefined) ?? 0)
}

/** The SIM first: what it holds survives the modem. Where none is taken the modem's own choice stands. */
async function chooseStorage(
  channel: Channel,
  readable: readonly string[],
  { storages }: Quirks,
): Promise<Pick<MessageSetup, 'home' | 'storageForm'>> {
  for (const name of storages.filter((one) => mayRead(readable, one))) {
    for (const text of homeCommands(name)) {
      const { final } = await patiently(channel, text, 10_000)
      if (final.kind === 'ok') return { home: name, storageForm: formOf(text) }
    }
  }
  return { home: null, storageForm: null }
}

interface Way {
  readonly texts: 'stored' | 'direct' | 'lost'
  readonly reports: 'stored' | 'direct' | 'lost'
}

/**
 * How new messages are told, the best first: what a modem lists it may still refuse, and what it takes it may not keep
 * (facts: modems, section 8.1). Stored texts survive everything; direct ones are for makes that know nothing else.
 */
const commonIndications = [
  '2,1,0,1,0',
  '1,1,0,1,0',
  '2,1,0,2,0',
  '1,1,0,2,0',
  '1,1,0,2',
  '2,1,0,0,0',
  '1,1,0,0,0',
  '2,1,0,0,1',
  '1,1',
  '2,2,0,1,0',
  '1,2,0,1,0',
  '2,2,0,0,0',
  '1,2,0,0,0',
  '1,2,2,1,1',
  '1,2,2,2,1',
  '3,2,0,1,1',
  '3,2,0,0',
]

/** What <mt> and <ds> of `+CNMI=<mode>,<mt>,<bm>,<ds>` do with texts and reports (TS 27.005 clause 3.4.1). */
function wayOf(cnmi: string): Way {
  const [, mt = 0, , ds = 0] = cnmi.split(',').map(Number)
  return {
    texts: mt === 1 ? 'stored' : mt === 2 || mt === 3 ? 'direct' : 'lost',
    reports: ds === 1 ? 'direct' : ds === 2 ? 'stored' : 'lost',
  }
}

async function chooseIndications(channel: Channel, { cnmi: own }: Quirks): Promise<string | null> {
  for (const cnmi of new Set([...own, ...commonIndications])) {
    if ((await patiently(channel, `AT+CNMI=${cnmi}`, 5_000)).final.kind !== 'ok') continue
    const { lines } = await channel.command('AT+CNMI?', 5_000)
    if (isKept(cnmi, lines)) return cnmi
  }
  return null
}

/** A modem that can't be asked is believed. */
function isKept(cnmi: string, lines: readonly string[]): boolean {
  const kept = lines.find((line) => line.startsWith('+CNMI:'))?.slice(6)
  return kept === undefined || kept.replace(/\s/g, '').startsWith(cnmi)
}
