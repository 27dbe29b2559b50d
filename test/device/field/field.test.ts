import { readdirSync, readFileSync } from 'node:fs'
import { expect, test } from '@jest/globals'
import { readAnswer } from '../../../src/device/receive/answer.ts'
import { readText } from '../../../src/device/receive/read.ts'
import { sampleDevices } from '../../../src/device/sample.ts'
import type { Value } from '../../../src/message/values.ts'
import { at, profileOf } from '../library.ts'

/**
 * A text as a device sends it, with numbers, places and names changed, and the reading that its words prove. It was
 * written before the reader was asked.
 */
interface FieldText {
  /**
   * What the reader made of it when it was chosen, after the patterns of its profile were written; absent for the first
   * texts, from reports of what a release had misread.
   */
  readonly first?: 'right' | 'partial' | 'wrong' | 'nothing'
  readonly profile: string
  /**
   * Who shows it: a program of owners, a forum, further pages of manuals, the source of a device's firmware, the owner of
   * one (`smshub devices contribute`), or a server that the device reached over a network. That one nobody saw as an SMS:
   * its words are the device's, and it counts among no figures of texts that came.
   */
  readonly source: 'forum' | 'program' | 'manual' | 'firmware' | 'owner' | 'network'
  readonly text: string
  readonly values?: Readonly<Record<string, Value>>
  readonly without?: readonly string[]
  /** null: no alarm. */
  readonly event?: string | null
  readonly command?: string
  readonly params?: Readonly<Record<string, string>>
  readonly verdict?: 'accepted' | 'refused' | 'pending'
}

const folder = new URL('.', import.meta.url)
const families: ReadonlyMap<string, readonly FieldText[]> = new Map(
  readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .map((name) => [name.replace('.json', ''), JSON.parse(readFileSync(new URL(name, folder), 'utf8'))]),
)
const today = at('2026-11-29T12:00:00Z')

function isRead({ profile, text, values = {}, without = [], event, command, params = {}, verdict }: FieldText) {
  const hasValues = (read: Readonly<Record<string, Value>> | undefined): boolean =>
    Object.entries(values).every(([field, value]) => read?.[field] === value)
  return sampleDevices(profileOf(profile)).some((device) => {
    if (command !== undefined) {
      const answer = readAnswer(device, { command, params, text: '' }, text, today)
      return answer.verdict === verdict && !answer.any && hasValues(answer.values)
    }
    const [reading] = readText(device, text, today)
    const isFree = without.every((field) => reading?.values[field] === undefined)
    return hasValues(reading?.values) && isFree && (event === undefined || (reading?.event ?? null) === event)
  })
}

test.each([...families.keys()])('texts of %s are read', (family) => {
  const misread = (families.get(family) ?? []).filter((row) => !isRead(row))
  expect(misread.map(({ profile, text }) => `${profile}: ${text}`)).toEqual([])
})

const all = [...families.values()].flat()

test('no two texts differ by their numbers only', () => {
  const shapes = all.map(
    ({ profile, text, command = '' }) => `${profile} ${command}: ${text.replace(/\d+/g, '0').replace(/\s+/g, ' ')}`,
  )
  expect(shapes.filter((shape, place) => shapes.indexOf(shape) !== place)).toEqual([])
})

/** Pages of manuals and servers of a network show words of a device, not texts that came to somebody. */
const came = all.filter(({ source }) => source !== 'manual' && source !== 'network')

test('six hundred were seen by users or made by firmware, and of these a third read right at first', () => {
  expect(came.length).toBeGreaterThanOrEqual(600)
  expect(came.filter(({ first }) => first === 'right').length).toBeGreaterThanOrEqual(came.length / 3)
})
