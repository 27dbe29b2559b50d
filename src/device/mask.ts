import type { Values } from '../message/values.ts'
import { own } from '../util/own.ts'
import type { Device } from './device.ts'
import { specOf } from './parameters/settings.ts'

/** A stretch of a text, from its first character to the one behind its last. */
export interface Stretch {
  readonly from: number
  readonly to: number
}

/** The text with `***` in the place of each stretch. */
export function maskStretches(text: string, stretches: readonly Stretch[]): string {
  let masked = ''
  let at = 0
  for (const { from, to } of [...stretches].sort((a, b) => a.from - b.from)) {
    if (to <= at) continue
    masked += `${text.slice(at, Math.max(at, from))}***`
    at = to
  }
  return masked + text.slice(at)
}

/** Secret values of a device's settings: those that hold, those that did, and those that may soon. */
export function secretsOf({ settings, configured, pending, dialect }: Device): string[] {
  const changing = Object.entries(pending).map(([name, { value }]) => [name, value] as const)
  const all = [...Object.entries(settings), ...Object.entries(configured), ...changing]
  const secret = all.filter(([name, value]) => value !== '' && specOf(dialect.settings, name)?.secret === true)
  return [...new Set(secret.map(([, value]) => value))]
}

export function isSecretSetting(device: Device, name: string): boolean {
  return own(device.settings, name) !== undefined && specOf(device.dialect.settings, name)?.secret === true
}

/** Where secrets stand as whole tokens. A password 0000 is none in `37.0000` or `20000`. */
export function secretTokens(text: string, secrets: readonly string[]): Stretch[] {
  return secrets.flatMap((secret) => {
    const found: Stretch[] = []
    for (let at = text.indexOf(secret); at >= 0; at = text.indexOf(secret, at + 1)) {
      const stretch = { from: at, to: at + secret.length }
      if (isToken(text, stretch)) found.push(stretch)
    }
    return found
  })
}

const isWord = (char: string | undefined): boolean => char !== undefined && /[\p{L}\p{N}]/u.test(char)

/** Nothing of a word before or behind it, and not the fraction or whole part of a number. */
function isToken(text: string, { from, to }: Stretch): boolean {
  const isFraction = /[.,]/.test(text[from - 1] ?? '') && /\d/.test(text[from - 2] ?? '')
  const isWhole = /[.,]/.test(text[to] ?? '') && /\d/.test(text[to + 1] ?? '')
  return !isWord(text[from - 1]) && !isWord(text[to]) && !isFraction && !isWhole
}

/** A text of the device that nobody understood, without its secrets. */
export const maskText = (device: Device, text: string): string =>
  maskStretches(text, secretTokens(text, secretsOf(device)))

/** Is the field in a list that may hold families? `user_3` is in `[user_#]`. */
export function isListed(name: string, list: readonly string[]): boolean {
  return list.some((entry) => {
    const [head = '', tail] = entry.split('#')
    return tail === undefined
      ? entry === name
      : name.startsWith(head) && name.endsWith(tail) && name.length >= head.length + tail.length
  })
}

/** Values that may be shown: those of secret fields stay here. */
export function publicValues({ values, secretFields }: { values: Values; secretFields: readonly string[] }): Values {
  if (secretFields.length === 0) return values
  return Object.fromEntries(Object.entries(values).filter(([field]) => !secretFields.includes(field)))
}
