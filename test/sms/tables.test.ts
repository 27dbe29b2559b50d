import { existsSync } from 'node:fs'
import { expect, test } from '@jest/globals'
import { codingOf, dcsOf } from '../../src/sms/dcs.ts'
import { decodeSeptets, encodeSeptets, isGsm7 } from '../../src/sms/gsm7.ts'
import { lockingShiftTables, singleShiftTables } from '../../src/sms/gsm7-tables.ts'
import { statusOf } from '../../src/sms/tp-status.ts'
import { readJson } from './json.ts'

const source = new URL('../../../shared/vectors/gsm7-tables.json', import.meta.url)

type Cells = Readonly<Record<string, { readonly cells: Readonly<Record<string, string>> }>>

const escapeSeptet = 0x1b

test('every table has a cell for each of the 128 codes', () => {
  for (const table of [...Object.values(lockingShiftTables), ...Object.values(singleShiftTables)]) {
    expect(table.trim().split(/\s+/)).toHaveLength(128)
  }
  expect(Object.keys(lockingShiftTables)).toEqual(['0', '1', '3', '4', '5', '6', '7', '8', '9', '10', '11', '12', '13'])
  expect(Object.keys(singleShiftTables)).toHaveLength(14)
})

test('every code of every language reads as in its source', () => {
  if (!existsSync(source))
    return console.warn(`passed over: the source of the tables, as there is no ${source.pathname}`)
  const { locking, single } = readJson(source) as { locking: Cells; single: Cells }
  const cell = (tables: Cells, language: number, code: number) =>
    tables[language]?.cells[code.toString(16).padStart(2, '0').toUpperCase()]
  const wrong: unknown[] = []
  for (let language = 0; language <= 13; language++) {
    for (let code = 0; code < 128; code++) {
      if (code === escapeSeptet) continue
      const languages = { locking: language, single: language }
      const plain = cell(locking, locking[language] ? language : 0, code) ?? ' '
      const escaped = cell(single, language, code) ?? plain
      const seen = [
        decodeSeptets(Uint8Array.of(code), languages),
        decodeSeptets(Uint8Array.of(escapeSeptet, code), languages),
      ]
      if (seen[0] !== plain || seen[1] !== escaped) wrong.push({ language, code, seen, plain, escaped })
    }
  }
  expect(wrong).toEqual([])
})

test('every character of a language comes back from its septets', () => {
  for (let language = 0; language <= 13; language++) {
    const languages = { locking: language, single: language }
    const codes = Array.from({ length: 128 }, (_, code) => code).filter((code) => code !== escapeSeptet)
    const text = decodeSeptets(Uint8Array.from(codes.flatMap((code) => [code, escapeSeptet, code])), languages)
    expect(decodeSeptets(Uint8Array.from(encodeSeptets(text, languages)), languages)).toBe(text)
  }
})

test('the default alphabet is what a text is measured by', () => {
  expect(isGsm7('@£$¥èéùìòÇ\nØø\rÅåΔ_{}[]~|^\\€\f§¿à')).toBe(true)
  for (const character of ['`', '°', 'ç', 'á', '\t', '\u00a0', '“', 'ő', 'ж', '😀', '\ud83d']) {
    expect([character, isGsm7(character)]).toEqual([character, false])
  }
})

test('every data coding that is not reserved is written as an octet with the same meaning', () => {
  for (let dcs = 0; dcs < 256; dcs++) {
    const coding = codingOf(dcs)
    if (!coding.reserved) expect([dcs, codingOf(dcsOf(coding))]).toEqual([dcs, coding])
  }
  expect([dcsOf({}), dcsOf({ alphabet: 'ucs2' }), dcsOf({ alphabet: 'data' }), dcsOf({ cls: 0 })]).toEqual([
    0, 8, 4, 0x10,
  ])
})

test('every status has a class and a meaning', () => {
  const shown = [0x00, 0x01, 0x1f, 0x20, 0x46, 0x4f, 0x65, 0x80].map(statusOf)
  expect(shown).toEqual([
    { class: 'completed', meaning: 'received by the recipient' },
    { class: 'completed', meaning: 'forwarded to the recipient, delivery not confirmed' },
    { class: 'completed', meaning: 'service centre specific (1F)' },
    { class: 'temporaryRetrying', meaning: 'congestion' },
    { class: 'permanent', meaning: 'the validity period expired' },
    { class: 'permanent', meaning: 'reserved (4F)' },
    { class: 'temporaryStopped', meaning: 'error in the recipient' },
    { class: 'reserved', meaning: 'reserved (80)' },
  ])
})
