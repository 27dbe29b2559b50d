import { createHmac, randomBytes, scrypt, timingSafeEqual } from 'node:crypto'

/** `scrypt:<log2 N>:<r>:<p>:<salt>:<hash>`, both base64url (RFC 7914). */
const form = /^scrypt:(\d{1,2}):(\d{1,2}):(\d{1,2}):([\w-]{16,}):([\w-]{43})$/
const cost = { log2N: 15, r: 8, p: 1 }
/** A greater cost would block the hub. */
const maxLog2N = 18

export function isPasswordHash(text: string): boolean {
  const match = form.exec(text)
  return match !== null && Number(match[1]) <= maxLog2N && Number(match[2]) <= 16 && Number(match[3]) <= 4
}

/** The value for `password:` of a user. */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(16)
  const hash = await derive(password, salt, cost)
  return ['scrypt', cost.log2N, cost.r, cost.p, salt.toString('base64url'), hash.toString('base64url')].join(':')
}

export async function isPassword(password: string | Uint8Array, stored: string): Promise<boolean> {
  const match = form.exec(stored)
  if (match === null) return false
  const [, log2N, r, p, salt = '', hash = ''] = match
  const given = await derive(password, Buffer.from(salt, 'base64url'), {
    log2N: Number(log2N),
    r: Number(r),
    p: Number(p),
  })
  return timingSafeEqual(given, Buffer.from(hash, 'base64url'))
}

/**
 * Whether this is the password of a user, of whom the hashes are. Against timing attacks: an unknown user takes as long
 * as an existing one, each name always the same time.
 */
export function passwordCheck(hashes: () => ReadonlyMap<string, string>) {
  const key = randomBytes(32)
  const decoyOf = (user: string, known: readonly string[]) =>
    known[createHmac('sha256', key).update(user).digest().readUInt32BE(0) % known.length]
  return async (user: string, password: string | Uint8Array): Promise<boolean> => {
    const all = hashes()
    const known = all.get(user)
    const hash = known ?? decoyOf(user, [...all.values()])
    return hash !== undefined && (await isPassword(password, hash)) && known !== undefined
  }
}

function derive(password: string | Uint8Array, salt: Uint8Array, { log2N, r, p }: typeof cost): Promise<Buffer> {
  const N = 2 ** log2N
  return new Promise((resolve, reject) => {
    scrypt(password, salt, 32, { N, r, p, maxmem: 256 * N * r }, (error, key) => (error ? reject(error) : resolve(key)))
  })
}
