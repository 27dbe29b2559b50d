import { readFileSync } from 'node:fs'
import { expect, test } from '@jest/globals'
import { readAnswer } from '../../../src/device/receive/answer.ts'
import { readText } from '../../../src/device/receive/read.ts'
import { sampleDevices } from '../../../src/device/sample.ts'
import type { Value } from '../../../src/message/values.ts'
import { at, profileOf } from '../library.ts'

/** A text that an owner, a program of owners or the further pages of a manual show; values are changed. */
interface FieldText {
  readonly profile: string
  readonly source: 'forum' | 'program' | 'manual'
  readonly text: string
  readonly values?: Readonly<Record<string, Value>>
  readonly without?: readonly string[]
  /** null: no alarm. */
  readonly event?: string | null
  readonly command?: string
  readonly params?: Readonly<Record<string, string>>
  readonly verdict?: 'accepted' | 'refused' | 'pending'
  /** Added after the patterns that read it. */
  readonly fresh?: true
}

const texts: readonly FieldText[] = JSON.parse(readFileSync(new URL('texts.json', import.meta.url), 'utf8'))
const today = at('2026-11-29T12:00:00Z')

test.each(texts)(
  '$profile: $text',
  ({ profile, text, values = {}, without = [], event, command, params = {}, verdict }) => {
    const devices = sampleDevices(profileOf(profile))
    const fits = devices.map((device) => {
      if (command !== undefined)
        return readAnswer(device, { command, params, text: '' }, text, today).verdict === verdict
      const [reading] = readText(device, text, today)
      const isRead = Object.entries(values).every(([field, value]) => reading?.values[field] === value)
      const isFree = without.every((field) => reading?.values[field] === undefined)
      return isRead && isFree && (event === undefined || (reading?.event ?? null) === event)
    })
    expect(fits).toContain(true)
  },
)
