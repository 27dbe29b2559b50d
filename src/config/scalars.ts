import * as z from 'zod'

/** A key of the configuration with its meaning and an example, which are shown where a value is wrong. */
export const key = <S extends z.ZodType>(schema: S, description: string, example: unknown): S =>
  schema.meta({ description, examples: [example] })

/**
 * YAML scalars are read as written (`pin: 0123` stays `0123`): keys that take a number or a boolean convert them. The
 * same holds for values from the environment and from code.
 */
export const flag = z.union([z.boolean(), z.enum(['true', 'false', 'yes', 'no', 'on', 'off'])]).transform((value) => {
  return typeof value === 'boolean' ? value : ['true', 'yes', 'on'].includes(value)
})

const numeral = /^[+-]?\d+(\.\d+)?$/

interface Bounds {
  readonly min?: number
  readonly max?: number
  readonly integer?: boolean
}

/** A number within bounds, as a number or as its digits. */
export function number(bounds: Bounds = {}) {
  return z.union([z.number(), z.string()]).transform((value, context) => within(value, bounds, context))
}

/** `none` for no limit, else a whole number. */
export const limit = z.union([z.number(), z.string()]).transform((value, context) => {
  return value === 'none' ? null : within(value, { min: 1, integer: true }, context, ', or none')
})

function within(
  value: number | string,
  { min = Number.NEGATIVE_INFINITY, max = Number.POSITIVE_INFINITY, integer = false }: Bounds,
  context: z.RefinementCtx,
  otherwise = '',
): number {
  const result = typeof value === 'number' ? value : numeral.test(value) ? Number(value) : Number.NaN
  if (!Number.isNaN(result) && (!integer || Number.isInteger(result)) && result >= min && result <= max) return result
  const kind = integer ? 'a whole number' : 'a number'
  const range = Number.isFinite(max) ? ` from ${min} to ${max}` : Number.isFinite(min) ? ` of at least ${min}` : ''
  context.addIssue({ code: 'custom', message: `must be ${kind}${range}${otherwise}, not "${value}"` })
  return z.NEVER
}

/** `host:port`, `[::1]:1883`, or a port alone for the loopback interface. */
export const listen = z.union([z.string(), z.number().transform(String)]).transform((value, context) => {
  const match = /^(?:(?:\[([^\]]+)\]|([^:[\]]+)):)?(\d{1,5})$/.exec(value)
  const port = Number(match?.[3])
  if (!match || port > 65_535) {
    context.addIssue({ code: 'custom', message: `must be host:port with a port up to 65535, not "${value}"` })
    return z.NEVER
  }
  return { host: match[1] ?? match[2] ?? '127.0.0.1', port }
})

/** A list, or a single value. */
export const list = <T extends z.ZodType>(item: T) => z.union([z.array(item), item.transform((one) => [one])])
