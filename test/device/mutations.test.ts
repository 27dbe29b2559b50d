import { expect, test } from '@jest/globals'
import { contextOf } from '../../src/device/lint/examples.ts'
import { dangersIn, isDangerousEvent } from '../../src/device/receive/danger.ts'
import { runsOf, unitsOf } from '../../src/device/receive/lines.ts'
import { readText } from '../../src/device/receive/read.ts'
import type { Reading } from '../../src/device/receive/reading.ts'
import { stepsTaken } from '../../src/device/regular/steps-taken.ts'
import { sampleDevice, sampleDevices } from '../../src/device/sample.ts'
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
        examples.map((one) => ({
          ...one,
          texts: [...one.reply, one.already ?? '', one.pending ?? '', one.refused ?? ''],
        })),
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

/** Alarms that no word tells, and what tells them instead: where that is gone, the text is another one. */
const wordless: Readonly<Record<string, string>> = {
  'comap/igs-nt: two lines are swapped': 'the list of alarms without the name of the unit in front answers "alarms"',
  'xexun/tk102: a colon is dropped': 'a low battery is the place of `L:3.65V` in a position',
  'xexun/tk102: a unit is changed': 'a low battery is the place of `L:3.65V` in a position',
  'xexun/tk102: a line is added': 'a low battery is the place of `L:3.65V` in a position',
  'xexun/tk102: two lines are swapped': 'a low battery is the place of `L:3.65V` in a position',
}

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
      if (isAlarm(before) && after?.event == null && !Object.hasOwn(wordless, what))
        lost.push(`${what}: alarm in ${text}`)
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

/** Words around an alarm: a name, the time, an advertisement of the network. */
const surroundings: readonly (readonly [string, (text: string) => string])[] = [
  ['words in front', (text) => `Info from box 7: ${text}`],
  ['the time in front', (text) => `12/05/23 14:02 ${text}`],
  ['a line in front', (text) => `MyBox V2\n${text}`],
  ['words behind', (text) => `${text} Thank you`],
  ['a line behind', (text) => `${text}\nsent by iot-cloud`],
  ['capitals', (text) => text.toUpperCase()],
]

/** Alarms whose words are any words: beside others, nothing tells where they begin or end. */
const anyWords: Readonly<Record<string, string>> = {
  'coban/tk103: fuel_alarm': '`oil: 12.5%` in front of a position is an alarm, and elsewhere a value',
  'meitrack/mvt: alarm': 'whatever is in front of the date is the name of the alarm',
}

test('whatever stands around the words of an alarm, it is one', () => {
  const alarms = samples.filter((sample) => {
    const reading = best(sample, sample.text)
    return isAlarm(reading) && !Object.hasOwn(anyWords, `${sample.id}: ${reading?.event}`)
  })
  const lost = alarms.flatMap((sample) =>
    surroundings.flatMap(([name, change]) =>
      best(sample, change(sample.text))?.event == null ? [`${sample.id}: ${name}: ${sample.text}`] : [],
    ),
  )
  expect(lost).toEqual([])
  expect(alarms.length).toBeGreaterThan(120)
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

/** Texts that are nothing but the starts of something. */
const hostile: readonly string[] = [
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
  'http://a/?q=1.',
  'OK\n',
]

test('reading as far as it can be proved takes steps that grow with a hostile text and no faster, in every profile', () => {
  const stepsOf = (device: Sample['device'], text: string): number => {
    const before = stepsTaken()
    readText(device, text, contextOf(undefined))
    return stepsTaken() - before
  }
  const length = 800
  const costs = allProfiles().map((profile, place) => {
    const [device] = sampleDevices(profile) as [Sample['device']]
    const all = [0, 5].map((shift) => {
      const piece = hostile[(place + shift) % hostile.length] as string
      const [half, whole] = [length, 2 * length].map((count) =>
        stepsOf(device, piece.repeat(count / piece.length + 1).slice(0, count)),
      ) as [number, number]
      return { id: profile.id, piece, isLinear: whole <= 2.3 * half + 20_000, steps: whole }
    })
    expect(all.filter(({ isLinear }) => !isLinear)).toEqual([])
    return all.reduce((sum, { steps }) => sum + steps, 0) / all.length
  })
  // Of a letter, in the mean of all profiles; the reader that looked for each word by itself took 270.
  expect(costs.reduce((sum, steps) => sum + steps, 0) / costs.length / (2 * length)).toBeLessThan(200)
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
