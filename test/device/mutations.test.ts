import { expect, test } from '@jest/globals'
import { contextOf } from '../../src/device/lint/examples.ts'
import { dangersIn, isDangerousEvent } from '../../src/device/receive/danger.ts'
import { runsOf, unitsOf } from '../../src/device/receive/lines.ts'
import { readText } from '../../src/device/receive/read.ts'
import type { Reading } from '../../src/device/receive/reading.ts'
import { sampleDevice } from '../../src/device/sample.ts'
import { seededRandom } from '../../src/util/random.ts'
import { allProfiles } from './library.ts'
import { mutations } from './mutations.ts'

interface Sample {
  readonly id: string
  readonly text: string
  readonly device: ReturnType<typeof sampleDevice>
  readonly context: ReturnType<typeof contextOf>
}

/** Every text that a manual or an owner has printed, in each dialect that it belongs to. */
const samples: readonly Sample[] = allProfiles().flatMap((profile) => {
  const seen = new Set<string>()
  return [...profile.dialects.values()].flatMap(({ variant, messages, commands }) => {
    const printed = [
      ...Object.values(messages).flatMap(({ examples }) => examples.map((one) => ({ ...one, texts: [one.text] }))),
      ...Object.values(commands).flatMap(({ examples }) =>
        examples.map((one) => ({ ...one, texts: [...one.reply, one.pending ?? '', one.refused ?? ''] })),
      ),
    ].filter((one) => one.variant === undefined || one.variant === variant)
    return printed.flatMap(({ texts, settings, scts }) =>
      texts.flatMap((text) => {
        const key = JSON.stringify([text, settings])
        if (text === '' || seen.has(key)) return []
        seen.add(key)
        return [{ id: profile.id, text, device: sampleDevice(profile, variant, settings), context: contextOf(scts) }]
      }),
    )
  })
})

/** Of the text alone: what happens to one text does not depend on how many stand before it. */
const seedOf = (words: string): number => [...words].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) | 0, 7)

const best = ({ device, context }: Sample, text: string): Reading | undefined => readText(device, text, context)[0]
const isAlarm = (reading: Reading | undefined): boolean =>
  reading !== undefined && reading.event !== null && reading.level === 'high' && !isDangerousEvent(reading.event)

/** Whether a removed line is what the alarm or the position was read from. */
function isEvidence(sample: Sample, before: Reading, text: string): boolean {
  const left = text.split('\n')
  const gone = sample.text.split('\n').filter((line) => !left.includes(line))
  const [first = ''] = sample.text.split('\n')
  const { latitude, longitude } = before.values
  const numbers = [latitude, longitude].map((one) => String(Math.abs(Number(one ?? 999))).slice(0, 5))
  const isPlace = gone.some((line) => /lat|lon|http|maps/i.test(line) || numbers.some((one) => line.includes(one)))
  const isCry =
    gone.includes(first) || gone.some((line) => isAlarm(best(sample, line))) || !isAlarm(best(sample, first))
  return (latitude !== undefined && isPlace) || (isAlarm(before) && isCry)
}

/** Texts of values alone, whose alarm is no word: their order or a unit is all that tells it. */
const wordless: readonly string[] = [
  'comap/igs-nt: two lines are swapped',
  'comap/intelilite: two lines are swapped',
  'meitrack/mvt: a unit is changed',
  'viessmann/vitocom-100: a line is added',
  'viessmann/vitocom-100: a dot is added at the end',
  'xexun/tk102: a colon is dropped',
  'xexun/tk102: a unit is changed',
  'xexun/tk102: a line is added',
  'xexun/tk102: two lines are swapped',
]

test('what firmware does to a text loses no position and no alarm, and opens nothing', () => {
  const lost: string[] = []
  const wrong: string[] = []
  let count = 0
  for (const sample of samples) {
    const before = best(sample, sample.text)
    for (const [kind, mutate] of Object.entries(mutations)) {
      const text = mutate(sample.text, seededRandom(seedOf(`${sample.id} ${kind} ${sample.text}`)), sample.device)
      if (text === null || text === sample.text) continue
      if (kind === 'a line is removed' && before !== undefined && isEvidence(sample, before, text)) continue
      count++
      const after = best(sample, text)
      const what = `${sample.id}: ${kind}`
      if (isAlarm(before) && after?.event == null && !wordless.includes(what)) lost.push(`${what}: alarm in ${text}`)
      for (const axis of ['latitude', 'longitude']) {
        const [one, two] = [before?.values[axis], after?.values[axis]]
        if (one !== undefined && Math.abs(Number(one) - Number(two ?? 999)) > 1e-4)
          lost.push(`${what}: ${axis} in ${text}`)
        if (one === undefined && two !== undefined) wrong.push(`${what}: ${axis} in ${text}`)
      }
      if (after?.reading !== 'partial') continue
      const known = dangersIn(sample.device, before?.values ?? {})
      for (const [field, value] of Object.entries(dangersIn(sample.device, after.values)))
        if (known[field] !== value) wrong.push(`${what}: ${field} in ${text}`)
      if (after.event !== null && isDangerousEvent(after.event) && after.event !== before?.event)
        wrong.push(`${what}: ${after.event} in ${text}`)
    }
  }
  expect(wrong).toEqual([])
  expect(lost).toEqual([])
  expect(count).toBeGreaterThan(4_500)
})

test('no printed text that is no alarm becomes one', () => {
  const quiet = samples.filter((sample) => {
    const { messages } = sample.device.dialect
    const row = Object.values(messages)
      .flatMap(({ examples }) => examples)
      .find(({ text }) => text === sample.text)
    return row === undefined || row.values.event === undefined
  })
  const cries = quiet.flatMap((sample) => {
    const after = best(sample, sample.text)
    return after?.reading === 'partial' && after.event !== null
      ? [`${sample.id}: ${after.event} in ${sample.text}`]
      : []
  })
  expect(cries).toEqual([])
})

test('the lines in which messages are looked for have no more letters than a few dozen times the text, whatever it is', () => {
  for (const piece of [
    'lat:',
    'bat ',
    'help me ',
    'SOS!\n',
    'a,',
    'a;',
    '1.2345 ',
    'T:',
    'low battery\n',
    ':=',
    '. A',
  ]) {
    const lettersOf = (length: number): number =>
      runsOf(unitsOf(piece.repeat(length / piece.length))).reduce((sum, { from, to }) => sum + to - from, 0)
    for (const length of [100, 800, 1_600, 16_000]) {
      expect({ piece, length, isLinear: lettersOf(length) <= 24 * length }).toEqual({ piece, length, isLinear: true })
    }
  }
})
