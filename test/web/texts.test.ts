import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from '@jest/globals'
import { kinds } from '../../src/device/schema/profile-schema.ts'
import { Problem } from '../../src/http/problem-document.ts'
import { faults } from '../../src/message/fault.ts'
import { findingCodes } from '../../src/message/finding-codes.ts'
import { scopeNames } from '../../src/message/scopes.ts'
import { isGsm7 } from '../../src/sms/gsm7.ts'
import { reportMeanings } from '../../src/sms/tp-status.ts'
import { de } from '../../src/web/texts/de.ts'
import { en } from '../../src/web/texts/en.ts'
import { es } from '../../src/web/texts/es.ts'
import { fr } from '../../src/web/texts/fr.ts'
import { hubDe } from '../../src/web/texts/hub-de.ts'
import { hubEs } from '../../src/web/texts/hub-es.ts'
import { hubFr } from '../../src/web/texts/hub-fr.ts'
import { pluralOf } from '../../src/web/texts/plural.ts'

const languages = { en, de, es, fr }
const web = fileURLToPath(new URL('../../src/web', import.meta.url))

/** Every text by its path; functions with something put into them. */
function textsOf(table: object, path = ''): [string, string][] {
  return Object.entries(table).flatMap(([key, value]): [string, string][] => {
    const at = path === '' ? key : `${path}.${key}`
    if (typeof value === 'string') return [[at, value]]
    if (typeof value === 'function') return [1, 5].map((count) => [`${at}(${count})`, String(value(count, count))])
    return textsOf(value as object, at)
  })
}

describe.each(Object.entries(languages))('%s', (name, texts) => {
  test('has every text, and none that is empty or has a place left open', () => {
    const paths = textsOf(texts).map(([path]) => path)
    expect(paths).toEqual(textsOf(en).map(([path]) => path))
    expect(textsOf(texts).filter(([, text]) => text.trim() === '' || /\{n\}|undefined/.test(text))).toEqual([])
  })

  test('is translated: few texts are the same as in English', () => {
    const english = new Map(textsOf(en))
    const same = textsOf(texts).filter(([path, text]) => english.get(path) === text && /[a-z]{4}/.test(text))
    expect(same.length < textsOf(en).length / 8 || name === 'en').toBe(true)
  })

  test('its test text takes one SMS', () => {
    expect(isGsm7(texts.onboarding.testText)).toBe(true)
    expect(texts.onboarding.testText.length).toBeLessThanOrEqual(160)
  })
})

describe.each(Object.entries({ de: hubDe, es: hubEs, fr: hubFr }))('the hub in %s', (_, hub) => {
  test('has every code, and nothing else', () => {
    const keysOf = (table: object) => Object.keys(table).sort()
    expect(keysOf(hub.faults)).toEqual([...Problem.shape.code.options].sort())
    expect(keysOf(hub.findings)).toEqual([...findingCodes].sort())
    expect(keysOf(hub.reports)).toEqual([...reportMeanings].sort())
    expect(keysOf(hub.scopes)).toEqual([...scopeNames].sort())
    expect(keysOf(hub.kinds)).toEqual([...kinds].sort())
  })

  test('names a fix for each finding that is not fine, and a hint where the hub has one that is not about topics', () => {
    const fixed = Object.entries(hub.findings).filter(([, { fix }]) => fix !== undefined)
    const fine = ['sim_ready', 'registered', 'roaming', 'signal_fine', 'centre_known']
    expect(fixed.map(([code]) => code).sort()).toEqual(findingCodes.filter((code) => !fine.includes(code)).sort())
    const hinted = Object.entries(faults).flatMap(([code, row]) => ('hint' in row ? [code] : []))
    const ofTopics = ['invalid_payload', 'unknown_device', 'unknown_command', 'unknown_property', 'retained_command']
    expect(Object.keys(hub.hints).sort()).toEqual(hinted.filter((code) => !ofTopics.includes(code)).sort())
  })

  test('has no empty text, and says nothing twice in the same table but of what does not exist', () => {
    const said = textsOf(hub).map(([, text]) => text)
    expect(said.filter((text) => text.trim() === '')).toEqual([])
    const titles = Object.values(hub.faults)
    expect(titles.length - new Set(titles).size).toBe(1)
  })
})

test('counts are put into the right form', () => {
  const forms = { one: '{n} SMS to send', few: '{n} SMS few', other: '{n} SMS' }
  expect(pluralOf('en')(1, forms)).toBe('1 SMS to send')
  expect(pluralOf('en')(2, forms)).toBe('2 SMS')
  // A language with more forms than English has.
  expect(pluralOf('pl')(3, forms)).toBe('3 SMS few')
  expect(pluralOf('fr')(0, forms)).toBe('0 SMS to send')
  expect(pluralOf('de')(12_345, forms)).toBe('12.345 SMS')
})

test('every text is used', () => {
  const sources = readdirSync(web, { recursive: true, encoding: 'utf8' })
    .filter((file) => /\.tsx?$/.test(file) && !file.startsWith('texts'))
    .map((file) => readFileSync(join(web, file), 'utf8'))
    .join('\n')
  const unused = Object.entries(en).flatMap(([group, table]) =>
    Object.keys(table)
      .filter((key) => !new RegExp(`\\b${key}\\b`).test(sources))
      .map((key) => `${group}.${key}`),
  )
  // Words of states are looked up by the state.
  const byWord = ['status', 'statusLong', 'gatewayStatus', 'wrong', 'screens']
  expect(unused.filter((path) => !byWord.includes(path.split('.')[0] as string))).toEqual([])
})
