import { type Device, type KnownSettings, makeDevice } from '../device/device.ts'
import type { DeviceConfig } from '../device/device-config.ts'
import { normaliseNumber } from '../device/parameters/numbers.ts'
import { Fault } from '../message/fault.ts'
import { didYouMean } from '../util/nearest.ts'
import { clash } from './foreign-topics.ts'
import type { ProfileFiles } from './profiles.ts'
import type { Config } from './schema.ts'

/**
 * The devices of the configuration, each with its profile. Reports all problems at once. Of those `made` before, only
 * the ones with learned settings are made again.
 */
export function makeDevices(
  config: Config,
  profiles: ProfileFiles,
  known: ReadonlyMap<string, KnownSettings> = new Map(),
  made: ReadonlyMap<string, Device> = new Map(),
): Map<string, Device> {
  const devices = new Map<string, Device>()
  const owners = new NumberOwners()
  const problems: string[] = []
  for (const [id, row] of Object.entries(config.devices)) {
    try {
      const present = known.has(id) ? undefined : made.get(id)
      const device = present ?? makeConfigured(id, row, config, profiles, known.get(id))
      owners.claim(device)
      devices.set(id, device)
    } catch (error) {
      const fault = Fault.from(error)
      problems.push(fault.message.startsWith('device ') ? fault.message : `device ${id}: ${fault.message}`)
    }
  }
  if (problems.length > 0) throw new Fault('invalid_config', problems.join('\n'), { problems })
  return devices
}

/** A device with this hub's configuration. */
export function makeConfigured(
  id: string,
  row: DeviceConfig,
  config: Config,
  profiles: ProfileFiles,
  known?: KnownSettings,
): Device {
  if (row.gateway !== undefined && !Object.hasOwn(config.gateways, row.gateway)) {
    const meant = didYouMean(row.gateway, Object.keys(config.gateways))
    throw new Fault('invalid_config', `device ${id}: there is no gateway "${row.gateway}"${meant}`)
  }
  const shared = clash(config, id)
  if (shared !== null) {
    const ways = `give the device another id, or change ${shared.key}`
    throw new Fault('invalid_config', `device ${id}: ${shared.topic} would be its topic and another program's; ${ways}`)
  }
  const numbers = Object.values(config.gateways).flatMap(({ number }) => number ?? [])
  const hubNumber = (row.gateway === undefined ? undefined : config.gateways[row.gateway]?.number) ?? numbers[0]
  const environment = {
    ...(config.sms.region !== undefined && { region: config.sms.region }),
    ...(hubNumber !== undefined && { hubNumber: normaliseNumber(hubNumber, config.sms.region) }),
  }
  return makeDevice(id, row, profiles.get(row.profile), environment, known)
}

/** The configured number of a gateway's SIM. */
export function numberOf({ gateways, sms }: Config, id: string): string | null {
  const number = Object.hasOwn(gateways, id) ? gateways[id]?.number : undefined
  return number === undefined ? null : normaliseNumber(number, sms.region)
}

/** Owners of numbers: devices may share one, as a tracker and an alarm in one housing do, if their texts may differ. */
export class NumberOwners {
  readonly #owners = new Map<string, Device[]>()

  /** Fails with `invalid_config` when another device has one of the numbers. */
  claim(device: Device): void {
    for (const number of device.numbers) {
      const other = this.#owners.get(number)?.find((owner) => !areToldApart(owner, device))
      if (other === undefined) continue
      const way = 'two of one profile may share one only where its identity, set on both, differs'
      throw new Fault(
        'invalid_config',
        `device ${device.id}: ${number} is already the number of device ${other.id}; ${way}`,
        { device: device.id, number },
      )
    }
    for (const number of device.numbers) this.#owners.set(number, [...(this.#owners.get(number) ?? []), device])
  }

  release({ id, numbers }: Device): void {
    for (const number of numbers) {
      const left = (this.#owners.get(number) ?? []).filter((owner) => owner.id !== id)
      if (left.length > 0) this.#owners.set(number, left)
      else this.#owners.delete(number)
    }
  }
}

/** Whether two devices with the same number are identified by their texts: by a name in them, or by their wording. */
function areToldApart(a: Device, b: Device): boolean {
  if (a.id === b.id || a.profile.id !== b.profile.id) return true
  const [mine, theirs] = [nameOf(a), nameOf(b)]
  return mine !== '' && theirs !== '' && mine !== theirs
}

const nameOf = ({ dialect: { identity }, settings }: Device): string =>
  identity === null ? '' : (settings[identity] ?? '').toLowerCase()
