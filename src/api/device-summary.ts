import * as z from 'zod'
import type { Device } from '../device/device.ts'
import type { Fleet } from '../fleet/fleet.ts'
import { id } from './inputs.ts'

/** A device in a list; with its numbers for those who may see them. */
export const deviceSummary = z.strictObject({
  id,
  name: z.string(),
  profile: z.string(),
  variant: z.string(),
  gateway: z.string().nullable(),
  removable: z.boolean(),
  numbers: z.array(z.string()).optional(),
})

export const summaryOf = (
  { id: device, name, profile, dialect, gateway, numbers }: Device,
  fleet: Fleet,
  showsNumbers: boolean,
): z.input<typeof deviceSummary> => ({
  id: device,
  name,
  profile: profile.id,
  variant: dialect.variant,
  gateway,
  removable: fleet.rowOf(device) !== null,
  ...(showsNumbers && { numbers: [...numbers] }),
})
