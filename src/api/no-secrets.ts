import type { ProfileFiles } from '../config/profiles.ts'
import { type DeviceRow, secretSettings } from '../fleet/fleet.ts'
import { Fault } from '../message/fault.ts'

/** Messages over MQTT are visible to all subscribers and stored by brokers. */
export function assertNoSecrets(device: string, config: DeviceRow, profiles: ProfileFiles): void {
  const secret = secretSettings(config, profiles)
  if (secret.length === 0) return
  const words = `settings.${secret.join(', settings.')} of ${device}: secrets are not taken over MQTT`
  throw new Fault('not_allowed', `${words}; use smshub devices add or smshub.yaml`, { device })
}
