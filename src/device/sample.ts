import { type Device, makeDevice } from './device.ts'
import { DeviceConfig } from './device-config.ts'
import { isAccepted } from './parameters/settings.ts'
import type { Dialect } from './profile/dialect.ts'
import type { Profile } from './profile/profile.ts'
import type { Setting } from './schema/command.ts'

/** A device for each dialect of a profile and each value of the settings that entries depend on. */
export function sampleDevices(profile: Profile): Device[] {
  return [...profile.dialects].flatMap(([variant, dialect]) =>
    combinations(dialect).map((settings) => sampleDevice(profile, variant, settings)),
  )
}

/** A device with these settings and examples for the others. */
export function sampleDevice(profile: Profile, variant: string, settings: Readonly<Record<string, string>>): Device {
  const dialect = profile.dialects.get(variant)
  const config = DeviceConfig.parse({
    profile: profile.id,
    number: '+10000000000',
    unproven: 'true',
    settings: { ...(dialect && exampleSettings(dialect)), ...settings },
    ...(variant !== '' && { variant }),
  })
  return makeDevice('sample', config, profile, {})
}

/** Examples of the settings without a default. An invalid one is left out: the linter reports it. */
export function exampleSettings(dialect: Dialect): Record<string, string> {
  const given = Object.entries(dialect.settings).flatMap(([name, spec]) => {
    if (spec.default !== undefined) return []
    const examples = examplesOf(name, spec).filter(([, value]) => isAccepted(spec, value, sampleContext))
    return examples.length > 0 || !spec.required ? examples : [placeholder(name, spec)]
  })
  return Object.fromEntries(given)
}

/** Value of a required setting without an example, so that everything else can still be checked. */
function placeholder(name: string, { options, length, min }: Setting): [string, string] {
  return [name, Object.keys(options ?? {})[0] ?? '1'.repeat(length ?? min ?? 4)]
}

export function examplesOf(name: string, { example = {} }: Setting): [string, string][] {
  if (typeof example === 'string') return [[name, example]]
  return Object.entries(example).map(([number, value]) => [name.replace('#', number), value])
}

export const sampleContext = {
  now: '1970-01-01T00:00:00Z',
  zone: null,
  region: undefined,
  phoneNumbers: 'plus',
} as const

function combinations(dialect: Dialect): Record<string, string>[] {
  const conditions = [...Object.values(dialect.messages), ...Object.values(dialect.commands)].flatMap(({ when }) =>
    Object.entries(when),
  )
  const choices = new Map<string, Set<string>>()
  for (const [name, values] of conditions) choices.set(name, new Set([...(choices.get(name) ?? []), ...values]))
  let all: Record<string, string>[] = [{}]
  for (const [name, values] of choices) {
    if (all.length * values.size <= maxCombinations)
      all = all.flatMap((one) => [...values].map((value) => ({ ...one, [name]: value })))
  }
  return all
}

const maxCombinations = 16
