import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from '@jest/globals'
import { readPlainYaml } from '../../src/config/plain-yaml.ts'
import { ProfileFiles } from '../../src/config/profiles.ts'
import { readAnyYaml, readYaml } from '../../src/config/yaml.ts'
import { Fault } from '../../src/message/fault.ts'
import { seededRandom } from '../../src/util/random.ts'

const random = seededRandom(20261130)
const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T

const lookups = {
  secret: (name: string) => {
    if (name.length > 6) throw new Fault('invalid_config', `there is no ${name}`)
    return `secret ${name}`
  },
  env: (name: string) => `variable ${name}`,
}

const profiles = new ProfileFiles()
  .ids()
  .map((id) => readFileSync(fileURLToPath(new URL(`../../devices/${id}.yaml`, import.meta.url)), 'utf8'))

/** What the library reads, or its refusal. JSON, as the order of the keys is part of it. */
function byLibrary(text: string): string {
  try {
    return JSON.stringify(readAnyYaml(text, 'file', lookups).data)
  } catch (error) {
    return Fault.from(error).message
  }
}

/** Fails where the plain reader answers anything but what the library reads. Returns whether it answered. */
function agrees(text: string): boolean {
  const data = readPlainYaml(text, lookups)
  if (data === undefined) return false
  expect({ text, data: JSON.stringify(data) }).toEqual({ text, data: byLibrary(text) })
  return true
}

describe('the plain reader of YAML', () => {
  test('answers for nearly every shipped profile, with what the library reads', () => {
    const plain = profiles.filter(agrees)
    expect(plain.length).toBeGreaterThan(0.97 * profiles.length)
  })

  test('answers for a configuration as people write it', () => {
    const text = `
# at home
mqtt: { server: "mqtt://broker.lan:1883", password: !secret mqtt }
gateways:
  home: { type: modem, path: tcp://10.0.0.7:7000 } # the one in the attic
contacts:
  Mum Müller: "+4915112345699"
  family: [Mum Müller, dad,
    "it's me"]
devices:
  gate:
    profile: king-pigeon/rtu5024
    number:
    - +4915112345678
    - '00491511234'
    settings:
      password: !env GATE
      text: "line\\none \\u00e9"
    homeassistant: { entities: { battery: { icon: mdi:car-battery } } }
  van:
    # nothing yet
routes:
  - prefix: +49
    gateways: [home]
  - { gateways: [home] }
`
    expect(readPlainYaml(text, lookups)).toMatchObject({
      mqtt: { password: 'secret mqtt' },
      devices: {
        gate: { number: ['+4915112345678', '00491511234'], settings: { password: 'variable GATE' } },
        van: '',
      },
    })
    expect(agrees(text)).toBe(true)
  })

  test.each([
    'a: 1\na: 2',
    'a: [1, 2',
    'a: b: c',
    'a:\n\tb: c',
    '__proto__: { a: 1 }',
    'a: "!secret b"',
    'a: !secret too_long_a_name',
    'a: *b',
    'a: "\\x"',
    '- a\nb: c',
    'a:\n    b: c\n  d: e',
    'a: {\nb: c\n}',
    'a: text\n  that goes on',
    'a: |\n  text',
    '---\na: b',
    '',
    `${'a: { '.repeat(1)}${'b: { '.repeat(40)}${'}'.repeat(41)}`,
  ])('leaves to the library: %j', (text) => {
    expect(readPlainYaml(text, lookups)).toBeUndefined()
  })

  test('answers what the library reads, or nothing, for parts of profiles with mistakes in them', () => {
    const mistakes =
      ": |:|{|}|[|]|,| #|#|\"|'|- |-|!|&a |*a|>|? |%|@| |  |\n|\n  |\n    |\n- |\\|\\x41|''|key: |!secret x|!env y|<<: |~|...|\t|a: b|{a: b}|[a, b]|\u00a0|\u2028|\ufeff"
        .split('|')
        .concat('|')
    let answered = 0
    for (let i = 0; i < 4_000; i++) {
      const lines = pick(profiles).split('\n')
      const from = Math.floor(random() * lines.length)
      const some = lines.slice(from, from + 1 + Math.floor(random() * 12))
      const margin = Math.min(...some.filter((line) => line.trim() !== '').map((line) => line.search(/\S/)))
      let text = some.map((line) => line.slice(margin)).join('\n')
      for (let changes = Math.floor(random() * 4); changes > 0; changes--) {
        const at = Math.floor(random() * (text.length + 1))
        text = text.slice(0, at) + pick(mistakes) + text.slice(at + Math.floor(random() * 4))
      }
      if (agrees(text)) answered++
    }
    expect(answered).toBeGreaterThan(500)
  })

  test('answers what the library reads, or nothing, for any sequence of the marks of YAML', () => {
    const marks = ['a', 'b', 'c: ', 'd:', 'e: x', '\n', '\n  ', '\n    ', '{', '}', '[', ']', ',', ' ', '- ', '"', "'"]
    const more = ['#', ' # c', ':', '!secret k', '"q"', "'q'", 'k: v']
    let answered = 0
    for (let i = 0; i < 20_000; i++)
      if (agrees(Array.from({ length: 2 + Math.floor(random() * 16) }, () => pick([...marks, ...more])).join('')))
        answered++
    expect(answered).toBeGreaterThan(500)
  })

  test('a line is the one that the library knows', () => {
    const text = 'a:\n  b: 1\n\n  c: { d: 2,\n    e: 3 }\nf:\n'
    const [plain, library] = [readYaml(text, 'file', lookups), readAnyYaml(text, 'file', lookups)]
    for (const path of [[], ['a'], ['a', 'c'], ['a', 'c', 'e'], ['f'], ['g']])
      expect(plain.lineOf(path)).toBe(library.lineOf(path))
  })
})
