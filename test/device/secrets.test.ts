import { expect, test } from '@jest/globals'
import { publicValues } from '../../src/device/mask.ts'
import type { Profile } from '../../src/device/profile/profile.ts'
import { readAnswer } from '../../src/device/receive/answer.ts'
import { readText } from '../../src/device/receive/read.ts'
import { sampleDevice } from '../../src/device/sample.ts'
import { composeCommand } from '../../src/device/send/compose-command.ts'
import type { Values } from '../../src/message/values.ts'
import { profileIds, profileOf, undated } from './library.ts'

/** What somebody may see of a text, and what nobody may. */
interface Shown {
  readonly said: string
  readonly masked: string
  readonly values: Values
  readonly secrets: readonly string[]
}

const hidden = (values: Values, fields: readonly string[]): string[] =>
  fields.flatMap((field) =>
    typeof values[field] === 'string' || typeof values[field] === 'number' ? [String(values[field])] : [],
  )

/** Every printed text of a profile that holds a secret: of a field, or of a parameter that was sent. */
function shownBy(profile: Profile): Shown[] {
  return [...profile.dialects].flatMap(([variant, dialect]) => {
    const isMine = (row: { readonly variant?: string | undefined }) => (row.variant ?? variant) === variant
    const messages = Object.entries(dialect.messages).flatMap(([name, message]) =>
      message.examples.filter(isMine).flatMap(({ text, settings }) => {
        const device = sampleDevice(profile, variant, settings)
        const reading = readText(device, text, undated).find((one) => one.message === name)
        if (reading === undefined) return []
        const secrets = hidden(reading.values, reading.secretFields)
        return [{ said: text, masked: reading.masked, values: publicValues(reading), secrets }]
      }),
    )
    const answers = Object.entries(dialect.commands).flatMap(([name, command]) =>
      command.examples.filter(isMine).flatMap(({ params: { counter: _, ...params }, settings, reply }) => {
        const device = sampleDevice(profile, variant, { hub_number: '+4915112345678', ...settings })
        const composed = composeCommand(device, name, params, { now: '2026-01-01T00:00:00Z' })
        return reply.flatMap((text) => {
          const answer = readAnswer(device, { command: name, params: composed.params, text: '' }, text, undated)
          const sent = Object.entries(composed.params).flatMap(([param, value]) =>
            command.params[param]?.secret === true && value !== null ? [String(value)] : [],
          )
          const secrets = [...hidden(answer.values, answer.secretFields), ...sent]
          return [{ said: text, masked: answer.masked, values: publicValues(answer), secrets }]
        })
      }),
    )
    return [...messages, ...answers]
  })
}

/** How often a secret stands there as a word of its own: `1` in `1234` is none, nor is a digit of a time. */
function times(text: string, secret: string): number {
  const quoted = secret.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
  return [...text.matchAll(new RegExp(`(?<![\\p{L}\\p{N}.])${quoted}(?![\\p{L}\\p{N}])`, 'gu'))].length
}

/** The same word may stand where it is none: the APN `internet` whose password is `internet`. */
const isSeen = ({ said, masked, values }: Shown, secret: string): boolean =>
  times(masked, secret) > Math.max(0, times(said, secret) - 1) ||
  (times(said, secret) < 2 && Object.values(values).some((value) => String(value) === secret))

test('no secret in a text of a device is shown, by any profile', () => {
  const all = profileIds.flatMap((id) => shownBy(profileOf(id)).map((shown) => ({ id, ...shown })))
  const withSecrets = all.filter(({ secrets }) => secrets.some((secret) => secret.length >= 3))
  const seen = withSecrets.filter((shown) =>
    shown.secrets.some((secret) => secret.length >= 3 && isSeen(shown, secret)),
  )
  expect(seen.map(({ id, said, masked, secrets }) => ({ id, said, masked, secrets }))).toEqual([])
  // Where nothing is secret the test would say nothing.
  expect(new Set(withSecrets.map(({ id }) => id)).size).toBeGreaterThan(10)
})

test('a field that holds a password or the numbers of people is secret, by every profile', () => {
  const open = profileIds.flatMap((id) =>
    [...profileOf(id).dialects].flatMap(([variant, dialect]) =>
      Object.entries(dialect.messages).flatMap(([name, message]) => {
        const device = sampleDevice(profileOf(id), variant, {})
        return message.examples
          .filter((row) => (row.variant ?? variant) === variant)
          .flatMap(({ text }) => readText(device, text, undated).filter((one) => one.message === name))
          .flatMap(({ values, secretFields }) =>
            Object.keys(values)
              .filter(
                (field) => /^(?:\w+_)?(?:password|pin|puk)(?:_\w+)?$/.test(field) && !secretFields.includes(field),
              )
              .map((field) => `${id} ${name}: ${field}`),
          )
      }),
    ),
  )
  expect([...new Set(open)]).toEqual([])
})
