import { createHmac } from 'node:crypto'

/**
 * A fingerprint of what may contain a password: the same for the same parts, and for nobody without the key a way to try
 * short ones. 132 bits in Base64.
 */
export function keyedPrint(key: string, ...parts: readonly (string | Uint8Array)[]): string {
  const hmac = createHmac('sha256', key)
  parts.forEach((part, i) => {
    hmac.update(i === 0 ? '' : '\0').update(part)
  })
  return hmac.digest('base64url').slice(0, 22)
}
