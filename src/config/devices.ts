import { type Device, makeDevice } from '../device/device.ts'
import { normaliseNumber } from '../device/numbers.ts'
import { Fault } from '../message/fault.ts'
import type { ProfileFiles } from './profiles.ts'
import type { Config } from './schema.ts'

/** The devices of the configuration, each with its profile. Tells every fault at once. */
export function makeDevices(config: Config, profiles: ProfileFiles): ReadonlyMap<string, Device> {
  const devices = new Map<string, Device>()
  const owners = new Map<string, string>()
  const problems: string[] = []
  for (const [id, row] of Object.entries(config.devices)) {
    try {
      if (row.gateway !== undefined && config.gateways[row.gateway] === undefined) {
        throw new Fault('invalid_config', `device ${id}: there is no gateway "${row.gateway}"`)
      }
      const hubNumber = Object.values(config.gateways).find((gateway) => gateway.number !== undefined)?.number
      const environment = {
        ...(config.sms.region !== undefined && { region: config.sms.region }),
        ...(hubNumber !== undefined && { hubNumber }),
      }
      devices.set(id, makeDevice(id, row, profiles.get(row.profile), environment))
      for (const number of row.number.map((one) => normaliseNumber(one, config.sms.region))) {
        const owner = owners.get(number)
        if (owner !== undefined && owner !== id && !areToldApart(devices.get(owner), devices.get(id)))
          problems.push(
            `device ${id}: ${number} is the number of device ${owner} already; two may share one where the identity of their profile, set on both, tells them apart`,
          )
        owners.set(number, id)
      }
    } catch (error) {
      const fault = Fault.from(error)
      problems.push(fault.message.startsWith('device ') ? fault.message : `device ${id}: ${fault.message}`)
    }
  }
  if (problems.length > 0) throw new Fault('invalid_config', problems.join('\n'), { problems })
  return devices
}

/** Two behind one number: their texts name them, or their profiles have nothing in common. */
function areToldApart(a: Device | undefined, b: Device | undefined): boolean {
  if (a === undefined || b === undefined) return false
  if (a.dialect.profile !== b.dialect.profile) return true
  const { identity } = a.dialect
  if (identity === null) return false
  const [mine, theirs] = [a.settings[identity] ?? '', b.settings[identity] ?? '']
  return mine !== '' && theirs !== '' && mine.toLowerCase() !== theirs.toLowerCase()
}
