import { numbersOf } from '../config/groups.ts'
import { normaliseNumber } from '../device/parameters/numbers.ts'
import type { Subject } from '../ledger/about.ts'
import { Fault } from '../message/fault.ts'
import { didYouMean } from '../util/nearest.ts'
import type { ApiDeps } from './operation.ts'

/** The subject of a request, by one of these keys; `about` is any of them. */
export interface Named {
  readonly about?: string | undefined
  readonly device?: string | undefined
  readonly number?: string | undefined
  readonly contact?: string | undefined
}

export const subjectKeys = ['about', 'device', 'number', 'contact'] as const

/** Resolves the subject. A removed device is still known by its name. Fails for an unknown name. */
export function subjectOf(named: Named, { fleet, config }: ApiDeps): Subject & { readonly name: string } {
  const given = subjectKeys.filter((key) => named[key] !== undefined)
  if (given.length > 1) throw new Fault('invalid_payload', `name one of ${subjectKeys.join(', ')}`)
  const [key] = given
  const name = key === undefined ? '' : (named[key] as string)
  const { region } = config.sms
  const people = Object.hasOwn(config.contacts, name) ? numbersOf(name, config.contacts) : []
  const isNumber = /^\+?[\d\s()./*#-]+$/.test(name)
  if (key === undefined) return { name, device: null, numbers: [] }
  if (key === 'device' || (key === 'about' && fleet.devices.has(name))) return deviceSubject(name, fleet)
  if (people.length > 0 && key !== 'number')
    return { name, device: null, numbers: people.map((one) => normaliseNumber(one, region)) }
  if (key === 'number' || (key === 'about' && isNumber)) {
    const number = normaliseNumber(/^[1-9]\d{9,}$/.test(name) && region === undefined ? `+${name}` : name, region)
    const owner = [...fleet.devices.values()].find(({ numbers }) => numbers.includes(number))
    return owner === undefined ? { name, device: null, numbers: [number] } : { ...deviceSubject(owner.id, fleet), name }
  }
  if (key === 'contact') {
    const known = Object.keys(config.contacts)
    const meant = didYouMean(name, known) || `; there is ${known.join(', ') || 'none'}`
    throw new Fault('invalid_payload', `there is no contact "${name}"${meant}`)
  }
  return { name, device: name, numbers: [] }
}

/** A device with the numbers that no other device has. */
function deviceSubject(id: string, { devices }: ApiDeps['fleet']): Subject & { readonly name: string } {
  const numbers = devices.get(id)?.numbers ?? []
  const others = new Set([...devices.values()].filter((one) => one.id !== id).flatMap((one) => one.numbers))
  return { name: id, device: id, numbers: numbers.filter((number) => !others.has(number)) }
}
