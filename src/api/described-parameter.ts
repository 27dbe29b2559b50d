import * as z from 'zod'
import { commandLabel, spelled } from '../device/describe/labels.ts'
import { accepts, asParameter } from '../device/parameters/parameters.ts'
import type { Parameter, Setting } from '../device/schema/command.ts'

/** A parameter or a setting, as a form needs it. */
export const describedParameter = z.strictObject({
  name: z.string(),
  label: z.string(),
  type: z.string(),
  /** In words. */
  accepts: z.string(),
  /** The explanation with which `accepts` begins, where the profile has one. */
  about: z.string().optional(),
  min: z.number().optional(),
  max: z.number().optional(),
  length: z.number().int().optional(),
  options: z.array(z.string()).optional(),
  optional: z.boolean(),
  default: z.string().optional(),
  unit: z.string().optional(),
  secret: z.boolean(),
  /** Several values, with commas between them. */
  list: z.boolean(),
})
export type DescribedParameter = z.output<typeof describedParameter>

export function described(name: string, spec: Parameter): DescribedParameter {
  const { label, type, min, max, length, options, optional, default: usual, unit, secret, list } = spec
  const shown = commandLabel(name, label)
  // A longer one explains, and is no name of a field.
  const about = label === undefined || spelled(label) === shown ? undefined : label
  return {
    name,
    label: shown,
    type,
    accepts: `${about === undefined ? '' : `${about}; `}${accepts(spec)}`,
    ...(about !== undefined && { about }),
    ...(min !== undefined && { min }),
    ...(max !== undefined && { max }),
    ...(length !== undefined && { length }),
    ...(options !== undefined && { options: Object.keys(options) }),
    optional,
    // What a secret is by default is printed in manuals, and used until somebody changes it.
    ...(usual !== undefined && !secret && { default: usual }),
    ...(unit !== undefined && { unit }),
    secret,
    list: list !== undefined,
  }
}

export const describedSetting = (name: string, setting: Setting): DescribedParameter =>
  described(name, asParameter(setting))
