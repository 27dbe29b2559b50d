import { describe, expect, test } from '@jest/globals'
import { fieldWords } from '../../src/device/describe/field-words.ts'
import { stateFieldsOf } from '../../src/device/describe/state-fields.ts'
import { sampleDevices } from '../../src/device/sample.ts'
import { fieldOf } from '../../src/device/vocabulary/vocabulary.ts'
import { allProfiles, deviceOf, makeProfile } from './library.ts'

const words = (messages: string, field: string) => {
  const found = fieldWords(deviceOf(makeProfile(messages)), field)
  return found === null ? null : [...found].sort()
}
const seen = (row: string) => `messages: { seen: { ${row}, source: manual } }`

describe('the words that a text field can be', () => {
  test('are those of the profile, its types and what it sets', () => {
    expect(
      words(`words: { door: { OPEN: open, SHUT: shut, "N/A": "" } }\n${seen('text: "D:{state:door}"')}`, 'state'),
    ).toEqual(['open', 'shut'])
    expect(words(seen('text: "Z{#:int}:{zone_#:on_off}"'), 'zone_1')).toEqual(['OFF', 'ON'])
    expect(words(seen('text: "Z{#:int}:{zone_#:bool}"'), 'zone_1')).toEqual(['false', 'true'])
    expect(
      words(seen('text: [{ text: run, set: { state: running } }, { text: end, set: { state: idle } }]'), 'state'),
    ).toEqual(['idle', 'running'])
  })

  test('are free where a hole takes any text', () => {
    expect(words(seen('text: "{state:line}"'), 'state')).toBeNull()
    expect(words(seen('text: "Z{#:int}:{zone_#:word}"'), 'zone_1')).toBeNull()
  })

  test('are not bounded by what numbers the field, nor by fields with a longer name', () => {
    const zones = 'words: { zone: { A: on, B: off } }\nitems: { zone: { text: "Z{#:int}:{zone_#:zone}" } }\n'
    const names = 'names: { text: "N{#:int}:{zone_text_#:line} {#:one_of(zone_text_#)}", source: manual }'
    const both = `settings: { zone_text_#: { type: text, min: 1, max: 9 } }\n${zones}messages: { seen: { text: "{zone*}", source: manual }, ${names} }`
    expect(words(both, 'zone_1')).toEqual(['off', 'on'])
    expect(words(both, 'zone_text_1')).toBeNull()
  })

  test('are on and off for the zones of an Eldes and a TELL', () => {
    const eldes = deviceOf('eldes/esim', '{ settings: { password: "1111" } }')
    expect([...(fieldWords(eldes, 'zone_1') ?? [])].sort()).toEqual(['off', 'on'])
    expect([...(fieldWords(deviceOf('tell/pager7'), 'zone_1') ?? [])].sort()).toEqual(['OFF', 'ON'])
  })
})

test('no profile has a field of words only that the bare number of another takes its words from', () => {
  const fields = allProfiles()
    .flatMap(sampleDevices)
    .flatMap((device) => {
      const { fields, families } = stateFieldsOf(device)
      return [...fields, ...families.map((family) => family.replace('#', '1'))]
        .filter((field) => fieldOf(field)?.type === 'text')
        .map((field) => ({ device: device.profile.id, field, words: fieldWords(device, field) }))
    })
  const numbers = fields.filter(({ words }) => words !== null && [...words].some((word) => /^\d+$/.test(word)))
  expect(numbers.map(({ device, field }) => `${device} ${field}`)).toEqual([])
})
