import { readFileSync } from 'node:fs'
import { describe, expect, test } from '@jest/globals'
import { bindingOf, type Device, makeDevice, messagesOf } from '../../src/device/device.ts'
import { DeviceConfig } from '../../src/device/device-config.ts'
import { lintProfile } from '../../src/device/lint/index.ts'
import { wireOf } from '../../src/device/parameters/parameters.ts'
import { type Mark, regularOf } from '../../src/device/pattern/bind.ts'
import { generate, hostileTexts } from '../../src/device/pattern/generate.ts'
import { type Place, patternsIn } from '../../src/device/profile/places.ts'
import { type Profile, parseProfile } from '../../src/device/profile/profile.ts'
import { readMessage } from '../../src/device/receive/read.ts'
import { assemble } from '../../src/device/regular/instructions.ts'
import { run } from '../../src/device/regular/machine.ts'
import type { Regular } from '../../src/device/regular/regular.ts'
import { sampleDevice, sampleDevices } from '../../src/device/sample.ts'
import { seededRandom } from '../../src/util/random.ts'
import { profileIds, profileOf, undated, yaml } from './library.ts'

test('there are profiles for at least ten families, of several kinds', () => {
  expect(profileIds.length).toBeGreaterThanOrEqual(10)
  expect(new Set(profileIds.map((id) => profileOf(id).row.kind)).size).toBeGreaterThanOrEqual(6)
})

test('the page that teaches the format is true', () => {
  const page = readFileSync(new URL('../../devices/README.md', import.meta.url), 'utf8')
  const [profile = '', config = ''] = [...page.matchAll(/```yaml\n([\s\S]*?)```/g)].map(([, block]) => block)
  expect(lintProfile(parseProfile('elbro/smsb-m21t', yaml(profile)))).toEqual([])
  const { devices } = yaml(config) as { devices: { boiler: unknown } }
  const boiler = makeDevice('boiler', DeviceConfig.parse(devices.boiler), profileOf('generic/text'))
  expect(Object.keys(messagesOf(boiler))).toEqual(['power'])
})

describe.each(profileIds)('%s', (id) => {
  test('is proved by its own examples', () => {
    expect(lintProfile(profileOf(id))).toEqual([])
  })

  test('reads texts of its devices with other spacing, case and values', () => {
    const random = seededRandom(11)
    for (const device of sampleDevices(profileOf(id))) {
      for (const [name, message] of Object.entries(messagesOf(device))) {
        for (const { text: pattern } of message.text) {
          const regular = regularOf(pattern, bindingOf(device))
          if (regular !== null) for (let i = 0; i < 20; i++) expectRead(device, name, generate(regular, random))
        }
      }
    }
  })

  test('takes steps that grow with a hostile text and no faster', () => {
    for (const [regular, path] of regulars(profileOf(id))) {
      const program = assemble(regular)
      for (const text of hostileTexts(regular, 3200, seededRandom(3))) {
        const [half, whole] = [run(program, text.slice(0, 1600)).steps, run(program, text).steps]
        expect({
          path,
          fast: whole <= 2.2 * half + program.length && whole <= text.length * program.length * 2,
        }).toEqual({ path, fast: true })
      }
    }
  })
})

function expectRead(device: Device, name: string, text: string): void {
  const message = messagesOf(device)[name]
  const reading = message === undefined ? null : readMessage(device, name, message, text.trim(), undated)
  expect({ name, text, read: reading !== null || text.trim() === '' }).toEqual({ name, text, read: true })
}

function regulars(profile: Profile): [Regular<Mark>, string][] {
  return [...profile.dialects].flatMap(([variant, dialect]) => {
    const device = sampleDevice(profile, variant, {})
    return patternsIn(dialect).flatMap((place): [Regular<Mark>, string][] => {
      const regular = regularOf(place.pattern, { ...bindingOf(device), unknown: (name) => unknown(place, name) })
      return regular === null ? [] : [[regular, place.path]]
    })
  })
}

function unknown({ command }: Place, name: string): Regular<never> | null {
  const spec = command?.params[name]
  return spec === undefined ? null : wireOf(spec)
}
