import { commandsOf, type Device } from '../device/device.ts'
import { reservedIds, topics } from '../message/topics.ts'
import { didYouMean } from '../util/nearest.ts'
import type { Problem } from './problems.ts'
import type { Config } from './schema.ts'

/** Levels below a device's topic, by access. */
const verbs = { read: verbsOf('out'), write: verbsOf('in') } as const

function verbsOf(direction: 'in' | 'out'): string[] {
  const own = Object.entries(topics).filter(
    ([topic, row]) => topic.startsWith('{device}/') && row.direction === direction,
  )
  return [...new Set(own.map(([topic]) => topic.split('/')[1] ?? ''))]
}

/** Rights of users without effect: a misspelt name, or a topic that the hub does not have. */
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

/** Why a filter matches no topic of the hub though it looks like it; null where it does, or is for other topics. */
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

/** Commands that users are restricted to and none of their devices has. */
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

/** Names of commands, former ones included. */
export const commandNames = (device: Device): string[] =>
  Object.entries(commandsOf(device)).flatMap(([name, { was }]) => [name, ...was])
