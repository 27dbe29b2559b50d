import type { Values } from '../message/values.ts'
import { own } from '../util/own.ts'
import type { Device } from './device.ts'
import { specOf } from './parameters/settings.ts'

/** A range of a text, its end exclusive. */
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

/** Secret values of a device's settings: current, configured, and pending changes. */
export function secretsOf({ settings, configured, pending, dialect }: Device): string[] {
  const changing = Object.entries(pending).map(([name, { value }]) => [name, value] as const)
  const all = [...Object.entries(settings), ...Object.entries(configured), ...changing]
  const secret = all.filter(([name, value]) => value !== '' && specOf(dialect.settings, name)?.secret === true)
  return [...new Set(secret.map(([, value]) => value))]
}

export function isSecretSetting(device: Device, name: string): boolean {
  return own(device.settings, name) !== undefined && specOf(device.dialect.settings, name)?.secret === true
}

/** Where secrets are whole tokens. A password 0000 is not one in `37.0000` or `20000`. */
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

/** Not part of a word, nor the fraction or whole part of a number. */
function isToken(text: string, { from, to }: Stretch): boolean {
  const isFraction = /[.,]/.test(text[from - 1] ?? '') && /\d/.test(text[from - 2] ?? '')
  const isWhole = /[.,]/.test(text[to] ?? '') && /\d/.test(text[to + 1] ?? '')
  return !isWord(text[from - 1]) && !isWord(text[to]) && !isFraction && !isWhole
}

/** An unrecognised text of the device, without its secrets. */
export const maskText = (device: Device, text: string): string =>
  maskStretches(text, secretTokens(text, secretsOf(device)))

/** Whether a field is in a list that may contain families: `user_3` is in `[user_#]`. */
export function isListed(name: string, list: readonly string[]): boolean {
  return list.some((entry) => {
    const [head = '', tail] = entry.split('#')
    return tail === undefined
      ? entry === name
      : name.startsWith(head) && name.endsWith(tail) && name.length >= head.length + tail.length
  })
}

/** The values without those of secret fields. */
export function publicValues({ values, secretFields }: { values: Values; secretFields: readonly string[] }): Values {
  if (secretFields.length === 0) return values
  return Object.fromEntries(Object.entries(values).filter(([field]) => !secretFields.includes(field)))
}
