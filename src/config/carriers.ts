import { readdirSync, readFileSync } from 'node:fs'
import { installation } from '../installation.ts'
import { Fault } from '../message/fault.ts'
import { CarrierDescription } from './carrier-schema.ts'
import { noLookups } from './lookups.ts'
import { readYaml } from './yaml.ts'

const folder = new URL('src/gateway/http/carriers/', installation)

/** Names of the carriers that are described. */
export const carrierNames = (): string[] =>
  readdirSync(folder)
    .filter((file) => file.endsWith('.yaml'))
    .map((file) => file.slice(0, -5))
    .sort()

/** The description of a carrier; fails with `invalid_config` where there is none. */
export function carrierOf(name: string): CarrierDescription {
  const names = carrierNames()
  if (!names.includes(name))
    throw new Fault('invalid_config', `there is no carrier "${name}": it must be one of ${names.join(', ')}`)
  const file = `${name}.yaml`
  const { data } = readYaml(readFileSync(new URL(file, folder), 'utf8'), file, noLookups)
  return CarrierDescription.parse(data)
}
