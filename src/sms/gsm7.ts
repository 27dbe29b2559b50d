import { Fault } from '../message/fault.ts'
import { lockingShiftTables, singleShiftTables } from './gsm7-tables.ts'

/** National language identifiers of TS 23.038 clause 6.2.1.2; 0 is the default table, an unknown one is read as 0. */
export interface LanguageIdentifiers {
  readonly single: number
  readonly locking: number
}

/** Characters by septet; `undefined` where a table has none. */
interface Tables {
  readonly locking: Table
  readonly single: Table
}

type Table = readonly (string | undefined)[]

const escapeSeptet = 0x1b

/** Added to the septet of a character after an escape. */
const escapedFlag = 0x80

const marks: Readonly<Record<string, string | undefined>> = {
  '␠': ' ',
  '␊': '\n',
  '␍': '\r',
  '␌': '\f',
  '␛': undefined,
  '·': undefined,
}

const lockingShift = parsed(lockingShiftTables)
const singleShift = parsed(singleShiftTables)
const defaultTables = tablesOf({ locking: 0, single: 0 })
const defaultCodes = codesOf(defaultTables)

/**
 * The text of septets. TS 23.038 clause 6.2.1.1: an escape before a code without an extension character shows the
 * character of the locking table, two escapes show a space; a lone escape at the end shows nothing.
 */
export function decodeSeptets(septets: Uint8Array, languages?: LanguageIdentifiers): string {
  const { locking, single } = languages ? tablesOf(languages) : defaultTables
  let text = ''
  for (let i = 0; i < septets.length; i++) {
    const code = septets[i]!
    if (code !== escapeSeptet) text += locking[code] ?? ' '
    else if (++i < septets.length) text += single[septets[i]!] ?? locking[septets[i]!] ?? ' '
  }
  return text
}

/**
 * The septets of a text, escapes included. Fails with `encoding_error` and the characters that are not in the tables.
 */
export function encodeSeptets(text: string, languages?: LanguageIdentifiers): number[] {
  const codes = languages ? codesOf(tablesOf(languages)) : defaultCodes
  const septets: number[] = []
  const strangers = new Set<string>()
  for (const character of text) {
    const code = codes.get(character)
    if (code === undefined) strangers.add(character)
    else if (code >= escapedFlag) septets.push(escapeSeptet, code - escapedFlag)
    else septets.push(code)
  }
  if (strangers.size === 0) return septets
  const characters = [...strangers]
  throw new Fault('encoding_error', `not in the GSM 7-bit alphabet: ${characters.join(' ')}`, { characters })
}

/**
 * How many septets a character takes in the default alphabet with its extension table: 1, 2, or 0 if it is in neither.
 */
export function septetsPerCharacter(character: string): 0 | 1 | 2 {
  const code = defaultCodes.get(character)
  if (code === undefined) return 0
  return code >= escapedFlag ? 2 : 1
}

/** Whether every character is in the default alphabet or its extension table. */
export function isGsm7(text: string): boolean {
  for (const character of text) if (!defaultCodes.has(character)) return false
  return true
}

/** That of SMS whose texts are these: of 7 bits where every character of them has a septet. */
export const alphabetOf = (texts: readonly string[]): 'gsm7' | 'ucs2' => (texts.every(isGsm7) ? 'gsm7' : 'ucs2')

function tablesOf({ locking, single }: LanguageIdentifiers): Tables {
  return {
    locking: lockingShift.get(locking) ?? lockingShift.get(0)!,
    single: singleShift.get(single) ?? singleShift.get(0)!,
  }
}

/** Septet by character, plus `escapedFlag`: the one without an escape if there is one, else the last of several. */
function codesOf({ locking, single }: Tables): ReadonlyMap<string, number> {
  const codes = new Map<string, number>()
  const add = (table: Table, offset: number) =>
    table.forEach((character, code) => {
      if (character !== undefined) codes.set(character, code + offset)
    })
  add(single, escapedFlag)
  add(locking, 0)
  return codes
}

function parsed(tables: Readonly<Record<number, string>>): ReadonlyMap<number, Table> {
  const cells = (table: string) =>
    table
      .trim()
      .split(/\s+/)
      .map((cell) => (cell in marks ? marks[cell] : cell))
  return new Map(Object.entries(tables).map(([identifier, table]) => [Number(identifier), cells(table)]))
}
