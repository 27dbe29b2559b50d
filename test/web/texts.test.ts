import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from '@jest/globals'
import { isGsm7 } from '../../src/sms/gsm7.ts'
import { de } from '../../src/web/texts/de.ts'
import { en } from '../../src/web/texts/en.ts'
import { es } from '../../src/web/texts/es.ts'
import { fr } from '../../src/web/texts/fr.ts'
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
