import * as z from 'zod'

/**
 * YAML scalars are read as written (`pin: 0123` stays `0123`), so what is a number or a boolean is said by the key that
 * asks for one. Values from the environment and from code come the same way.
 */
export const flag = z.union([z.boolean(), z.enum(['true', 'false', 'yes', 'no', 'on', 'off'])]).transform((value) => {
  return typeof value === 'boolean' ? value : ['true', 'yes', 'on'].includes(value)
})

const numeral = /^[+-]?\d+(\.\d+)?$/

/** A number within bounds, as a number or as its digits. */
export function number(bounds: { min?: number; max?: number; integer?: boolean } = {}) {
  const { min = Number.NEGATIVE_INFINITY, max = Number.POSITIVE_INFINITY, integer = false } = bounds
  return z.union([z.number(), z.string()]).transform((value, context) => {
    const result = typeof value === 'number' ? value : numeral.test(value) ? Number(value) : Number.NaN
    const kind = integer ? 'a whole number' : 'a number'
    if (Number.isNaN(result) || (integer && !Number.isInteger(result))) {
      context.addIssue({ code: 'custom', message: `must be ${kind}, not "${value}"` })
      return z.NEVER
    }
    if (result < min || result > max) {
      context.addIssue({ code: 'custom', message: `must be from ${min} to ${max}, not ${value}` })
      return z.NEVER
    }
    return result
  })
}

/** `none` for no limit, else a whole number. */
export const limit = z.union([z.literal('none').transform(() => null), number({ min: 1, integer: true })])

/** `host:port`, `[::1]:1883`, or a port alone for the loopback interface. */
export const listen = z.union([z.string(), z.number().transform(String)]).transform((value, context) => {
  const match = /^(?:(?:\[([^\]]+)\]|([^:[\]]+)):)?(\d{1,5})$/.exec(value)
  const port = Number(match?.[3])
  if (!match || port > 65_535) {
    context.addIssue({ code: 'custom', message: `must be host:port, not "${value}"` })
    return z.NEVER
  }
  return { host: match[1] ?? match[2] ?? '127.0.0.1', port }
})
