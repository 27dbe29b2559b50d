import { readdirSync, readFileSync } from 'node:fs'
import { installation } from '../installation.ts'
import { Fault } from '../message/fault.ts'
import { CarrierDescription } from './carrier-schema.ts'
import { noLookups } from './lookups.ts'
import { readYaml } from './yaml.ts'

const folders = {
  carriers: new URL('src/gateway/http/carriers/', installation),
  boxes: new URL('src/gateway/http/boxes/', installation),
} as const

const namesIn = (folder: keyof typeof folders): string[] =>
  readdirSync(folders[folder])
    .filter((file) => file.endsWith('.yaml'))
    .map((file) => file.slice(0, -5))
    .sort()

/** Names of the carriers that are described. */
export const carrierNames = (): string[] => namesIn('carriers')

/** Names of the routers, gateways with SIMs and phones that are described. */
export const boxNames = (): string[] => namesIn('boxes')

/** The description of a carrier or a box; fails with `invalid_config` where there is none. */
export function carrierOf(name: string, names = [...carrierNames(), ...boxNames()]): CarrierDescription {
  if (!names.includes(name))
    throw new Fault('invalid_config', `there is no carrier "${name}": it must be one of ${names.join(', ')}`)
  const file = `${name}.yaml`
  const folder = carrierNames().includes(name) ? folders.carriers : folders.boxes
  const { data } = readYaml(readFileSync(new URL(file, folder), 'utf8'), file, noLookups)
  return CarrierDescription.parse(data)
}
