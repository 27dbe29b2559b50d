import { commandsOf, type Device } from '../device/device.ts'
import { reservedIds, topics } from '../message/topics.ts'
import { didYouMean } from '../util/nearest.ts'
import type { Problem } from './problems.ts'
import type { Config } from './schema.ts'

/** Levels behind a device's topic, by what a user does there. */
const verbs = { read: verbsOf('out'), write: verbsOf('in') } as const

function verbsOf(direction: 'in' | 'out'): string[] {
  const own = Object.entries(topics).filter(
    ([topic, row]) => topic.startsWith('{device}/') && row.direction === direction,
  )
  return [...new Set(own.map(([topic]) => topic.split('/')[1] ?? ''))]
}

/** What users are given that nothing comes of: a name that is spelt wrong, or a topic that is none of the hub's. */
export function userWarnings({ mqtt, devices }: Config): Problem[] {
  const known = Object.keys(devices)
  return Object.entries(mqtt.broker.users ?? {}).flatMap(([name, user]) => {
    const warn = (key: string, words: string): Problem => {
      const path = ['mqtt', 'broker', 'users', name, key]
      return { path, message: `${path.join('.')}: ${words}` }
    }
    const strangers = (user.devices ?? []).filter((device) => !Object.hasOwn(devices, device))
    const filters = (['read', 'write'] as const).flatMap((key) =>
      (user[key] ?? []).flatMap((filter) => {
        const fault = filterFault(filter, mqtt.base_topic, known, verbs[key])
        return fault === null ? [] : [warn(key, fault)]
      }),
    )
    return [...strangers.map((device) => warn('devices', noDevice(device, known))), ...filters]
  })
}

const noDevice = (device: string, known: readonly string[]): string =>
  `there is no device "${device}"${didYouMean(device, known) || ', unless it is added while the hub runs'}`

/** Why a filter takes none of the topics that it looks like; null where it takes some, or is not for the hub's at all. */
function filterFault(
  filter: string,
  base: string,
  devices: readonly string[],
  below: readonly string[],
): string | null {
  const isWild = (level: string | undefined) => level === undefined || level === '+' || level === '#'
  if (filter !== base && !filter.startsWith(`${base}/`)) {
    const [first = ''] = filter.split('/')
    const isOurs = devices.includes(first) || (reservedIds.includes(first) && first !== base)
    return isOurs ? `"${filter}" is not below ${base}: write ${base}/${filter}` : null
  }
  const [device, verb] = filter.slice(base.length + 1).split('/')
  if (isWild(device) || device === '' || reservedIds.includes(device ?? '')) return null
  if (!devices.includes(device ?? '')) return `"${filter}": ${noDevice(device ?? '', devices)}`
  if (isWild(verb) || below.includes(verb ?? '')) return null
  const meant = didYouMean(verb ?? '', below) || `; there is ${below.join(', ')}`
  return `"${filter}": a device has no topic "${verb}" there${meant}`
}

/** Commands that users are narrowed to, and that none of their devices has. */
export function commandWarnings({ mqtt }: Config, devices: ReadonlyMap<string, Device>): string[] {
  return Object.entries(mqtt.broker.users ?? {}).flatMap(([name, { devices: own, commands = [] }]) => {
    if (commands.length === 0) return []
    const theirs = [...devices.values()].filter(({ id }) => own === undefined || own.includes(id))
    const known = new Set(theirs.flatMap(commandNames))
    return commands
      .filter((command) => !known.has(command))
      .map((command) => {
        const meant = didYouMean(command, known) || (known.size === 0 ? '' : `; there is ${[...known].join(', ')}`)
        return `mqtt.broker.users.${name}.commands: none of the devices has a command "${command}"${meant}`
      })
  })
}

/** With those that a command had before: they go on to work. */
const commandNames = (device: Device): string[] =>
  Object.entries(commandsOf(device)).flatMap(([name, { was }]) => [name, ...was])
