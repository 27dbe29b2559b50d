import { z } from 'zod'
import { didYouMean } from '../../util/nearest.ts'
import { eachPart, type Part, type Pattern, PatternError, parsePattern } from '../pattern/pattern.ts'
import { parseRegex } from '../regular/regex.ts'
import type { Regular } from '../regular/regular.ts'
import { parseTemplate, type Template, TemplateError } from './template.ts'

/** The message for an invalid value, or for a missing one. */
function or(message: string) {
  return ({ input }: { readonly input?: unknown }) => (input === undefined ? 'is missing' : message)
}

/** One of these words. */
export const oneOf = <const T extends readonly [string, ...string[]]>(words: T) =>
  z.enum(words, { error: or(`takes one of ${words.join(', ')}`) })

/**
 * YAML scalars are kept as written, so that `pin: 0123` keeps its zero. Keys that take a number or a boolean convert
 * them here.
 */
export const text = z.string({ error: or('takes a text') })

export const whole = z
  .string({ error: or('takes a whole number') })
  .regex(/^-?\d{1,9}$/, 'takes a whole number')
  .transform(Number)

export const decimal = z
  .string({ error: or('takes a number') })
  .regex(/^-?\d+(\.\d+)?$/, 'takes a number')
  .transform(Number)

export const flag = z
  .enum(['true', 'false'], { error: or('takes true or false') })
  .transform((value) => value === 'true')

const secondsOf: Readonly<Record<string, number>> = { '': 1, s: 1, m: 60, min: 60, h: 3600, d: 86_400 }

/** Seconds, or `30m`, `26h`, `2d`. */
export const seconds = z
  .string({ error: or('takes seconds, or a time like 30m or 26h') })
  .regex(/^\d{1,7}\s*(?:s|m|min|h|d)?$/, 'takes seconds, or a time like 30m or 26h')
  .transform((value) => Number.parseInt(value, 10) * (secondsOf[value.replace(/^\d+\s*/, '')] ?? 1))

/** One of something, or a list of it. */
export const many = <T extends z.ZodType>(item: T) =>
  z.preprocess(
    (value) => (Array.isArray(value) || value === undefined ? value : [value]),
    z.array(item, { error: or('takes a list') }),
  )

export const pattern = text.transform((source, context): Pattern => {
  try {
    return parsePattern(source)
  } catch (error) {
    if (!(error instanceof PatternError)) throw error
    context.addIssue({ code: 'custom', message: `"${source}": ${error.message} (character ${error.at + 1})` })
    return z.NEVER
  }
})

/** The pattern of a text that a device forwards: its sender, and the text itself. */
export const forward = pattern.refine(
  ({ parts }) => ['from', 'inner'].every((field) => [...eachPart(parts)].some((part) => isHole(part, field))),
  'needs {from:number} and {inner:text}: the sender, and the text itself',
)

const isHole = (part: Part, field: string): boolean => part.part === 'hole' && part.field === field

export const template = text.transform((source, context): Template => {
  try {
    return parseTemplate(source)
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error
    context.addIssue({ code: 'custom', message: `"${source}": ${error.message}` })
    return z.NEVER
  }
})

/** A regular expression for whole values. */
export const regex = text.transform((source, context): Regular<never> => {
  try {
    return parseRegex(source)
  } catch (error) {
    context.addIssue({ code: 'custom', message: `"${source}": ${error instanceof Error ? error.message : error}` })
    return z.NEVER
  }
})

/** A table with these keys only; for an unknown key, the nearest one is suggested. */
export function table<S extends z.ZodRawShape>(shape: S) {
  return z.strictObject(shape, {
    error: (issue) => {
      if (issue.code === 'invalid_type') return 'takes a table of keys'
      if (issue.code !== 'unrecognized_keys') return undefined
      const keys = (issue as unknown as { keys: string[] }).keys
      return keys.map((key) => `unknown key "${key}"${didYouMean(key, Object.keys(shape))}`).join('; ')
    },
  })
}

/** Names of commands, settings, words and fields; `#` numbers a family. */
export const name = z.string().regex(/^[a-z][a-z0-9_]*(?:#[a-z0-9_]*)?$/, 'is not a name: use a to z, 0 to 9 and _')

export const named = <T extends z.ZodType>(value: T) => z.record(name, value)

/** A variant removes an entry by null, which the failsafe schema of YAML reads as a string or as nothing. */
export const removable = <T extends z.ZodType>(value: T) =>
  z.preprocess((given) => (given === 'null' || given === '~' || given === '' ? null : given), value.nullable())

/** The problems of a value, each with its path: `commands.open: unknown key "txt"`. */
export function issuesOf(error: z.ZodError): string[] {
  return error.issues.map((issue) => {
    const path = issue.path.map(String).join('.')
    const message = issue.code === 'invalid_key' ? (issue.issues[0]?.message ?? issue.message) : issue.message
    return path === '' ? message : `${path}: ${message}`
  })
}
