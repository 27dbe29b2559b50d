import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parse } from 'yaml'
import { type Device, type Environment, makeDevice } from '../../src/device/device.ts'
import { DeviceConfig } from '../../src/device/device-config.ts'
import { type Profile, parseProfile } from '../../src/device/profile/profile.ts'
import type { ReadContext } from '../../src/device/receive/reading.ts'
import { Fault } from '../../src/message/fault.ts'

const folder = fileURLToPath(new URL('../../devices/', import.meta.url))

/** Data as the configuration's loader hands them over: every scalar a text. */
export const yaml = (text: string): unknown => parse(text, { schema: 'failsafe' })

export const profileIds: readonly string[] = readdirSync(folder, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .flatMap(({ name }) => readdirSync(join(folder, name)).map((file) => `${name}/${file.replace(/\.yaml$/, '')}`))
  .sort()

const loaded = new Map<string, Profile>()

export function profileOf(id: string): Profile {
  const profile = loaded.get(id) ?? parseProfile(id, yaml(readFileSync(join(folder, `${id}.yaml`), 'utf8')))
  loaded.set(id, profile)
  return profile
}

export const allProfiles = (): Profile[] => profileIds.map(profileOf)

/** A profile with the keys that every one needs, and these. */
export function makeProfile(sections: string, id = 'test/device'): Profile {
  const head = 'format: 1\nrevision: 1\nmanufacturer: Test\nfamily: Device\nkind: relay\nsources: { manual: page 1 }\n'
  return parseProfile(id, yaml(head + sections))
}

/** A device of a shipped profile, or of one written in the test; `config` is YAML. */
export function deviceOf(profile: string | Profile, config = '{}', environment: Environment = {}): Device {
  const row = yaml(config) as Record<string, unknown>
  const of = typeof profile === 'string' ? profileOf(profile) : profile
  return makeDevice('gate', DeviceConfig.parse({ profile: of.id, number: '+4915112345678', ...row }), of, environment)
}

/** A text that came today; without a date, nothing is said about years and late clocks. */
export const undated: ReadContext = { receivedAt: null, scts: null }
export const at = (scts: string): ReadContext => ({ receivedAt: scts, scts })

/** The code and the message of the fault that something ends with. */
export function faultOf(act: () => unknown): string {
  try {
    act()
  } catch (error) {
    return error instanceof Fault ? `${error.code}: ${error.message}` : String(error)
  }
  return 'no fault'
}
