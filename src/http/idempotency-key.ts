import { Fault } from '../message/fault.ts'

const visible = /^[!-~]{1,255}$/
const quoted = /^"((?:[ !#-[\]-~]|\\["\\])*)"$/

/**
 * The key of the header Idempotency-Key: a string as RFC 9651 quotes it, or bare, as many clients send it. Null without
 * the header.
 */
export function idempotencyKeyOf(header: string | readonly string[] | undefined): string | null {
  if (header === undefined) return null
  const text = typeof header === 'string' ? header.trim() : header.join(', ')
  const key = quoted.exec(text)?.[1]?.replace(/\\(["\\])/g, '$1') ?? text
  if (visible.test(key) && (key !== text || !text.startsWith('"'))) return key
  const detail = 'must be 1 to 255 visible ASCII characters, in quotes or bare'
  throw new Fault('invalid_payload', `Idempotency-Key ${detail}`, {
    errors: [{ parameter: 'Idempotency-Key', detail }],
  })
}
