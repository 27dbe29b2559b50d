import { createHmac, randomBytes } from 'node:crypto'

const prefix = 'whsec_'
const newSecretOctets = 32

/** A new key of an endpoint, in the form that Standard Webhooks defines. */
export const newSecret = (): string => prefix + randomBytes(newSecretOctets).toString('base64')

/** What is signed: the same message again has the same id and body, and the time of the attempt. */
export interface Signed {
  readonly id: string
  /** Seconds since 1970. */
  readonly timestamp: number
  readonly body: string
}

/**
 * The headers of Standard Webhooks 1.0.0. While a secret is being replaced there is a signature by each: a receiver
 * accepts the message when it can verify one of them.
 */
export function signedHeaders(message: Signed, secrets: readonly string[]): Record<string, string> {
  return {
    'webhook-id': message.id,
    'webhook-timestamp': String(message.timestamp),
    'webhook-signature': secrets.map((secret) => signatureOf(message, secret)).join(' '),
  }
}

function signatureOf({ id, timestamp, body }: Signed, secret: string): string {
  const key = Buffer.from(secret.slice(prefix.length), 'base64')
  return `v1,${createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64')}`
}
