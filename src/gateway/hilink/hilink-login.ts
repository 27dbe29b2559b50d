import { createHash, createHmac, pbkdf2 as derive } from 'node:crypto'
import { promisify } from 'node:util'

const pbkdf2 = promisify(derive)

const hexHash = (text: string): string => createHash('sha256').update(text).digest('hex')
const base64 = (text: string): string => Buffer.from(text).toString('base64')

/** What `user/login` takes where `password_type` is 4: the hash of the user, the hash of the password, and the token. */
export const hashedPassword = (user: string, password: string, token: string): string =>
  base64(hexHash(user + base64(hexHash(password)) + token))

/** What it takes where `password_type` is 0 or 3. */
export const plainPassword = base64

export interface Challenge {
  readonly clientNonce: string
  readonly serverNonce: string
  /** Hex. */
  readonly salt: string
  readonly iterations: number
}

/** The proof of SCRAM (RFC 5802 clause 3), for which HiLink takes key and message of each HMAC the other way round. */
export async function clientProof(password: string, challenge: Challenge): Promise<string> {
  const { clientNonce, serverNonce, salt, iterations } = challenge
  const salted = await pbkdf2(password, Buffer.from(salt, 'hex'), iterations, 32, 'sha256')
  const clientKey = createHmac('sha256', 'Client Key').update(salted).digest()
  const storedKey = createHash('sha256').update(clientKey).digest()
  const message = `${clientNonce},${serverNonce},${serverNonce}`
  const signature = createHmac('sha256', message).update(storedKey).digest()
  return Buffer.from(clientKey.map((octet, i) => octet ^ (signature[i] as number))).toString('hex')
}
