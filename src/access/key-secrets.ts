import { createHash, randomBytes, randomInt, timingSafeEqual } from 'node:crypto'

const small = '0123456789abcdefghijklmnopqrstuvwxyz'
const base62 = `${small}ABCDEFGHIJKLMNOPQRSTUVWXYZ`

const keyForm = /^smk_([0-9a-z]{8})_([0-9A-Za-z]{32})$/
const sessionForm = /^[\w-]{43}$/

/** A key as its program has it: it is shown once, and only the hash of its secret is kept. */
export interface NewKey {
  readonly id: string
  readonly text: string
  readonly hash: string
}

/** `smk_<id>_<secret>`: 32 characters of base 62 have 190 bits, so that their hash needs no scrypt. */
export function newKey(): NewKey {
  const id = newId()
  const secret = randomText(base62, 32)
  return { id, text: `smk_${id}_${secret}`, hash: digestOf(secret) }
}

/** Id and secret of a key; null for anything else. */
export function readKey(text: string): { readonly id: string; readonly secret: string } | null {
  const [, id, secret] = keyForm.exec(text) ?? []
  return id === undefined || secret === undefined ? null : { id, secret }
}

/** 256 bits, as base64url. */
export const newSessionId = (): string => randomBytes(32).toString('base64url')
export const isSessionId = (text: string): boolean => sessionForm.test(text)

/** The public name of a key or a session. */
export const newId = (): string => randomText(small, 8)

/** SHA-256, hexadecimal. */
export const digestOf = (text: string): string => createHash('sha256').update(text).digest('hex')

/** Whether this is the secret of the hash, in the same time for every wrong one. */
export const isSecret = (secret: string, hash: string): boolean => {
  const [given, known] = [Buffer.from(digestOf(secret)), Buffer.from(hash)]
  return given.length === known.length && timingSafeEqual(given, known)
}

function randomText(alphabet: string, length: number): string {
  let text = ''
  for (let i = 0; i < length; i++) text += alphabet[randomInt(alphabet.length)]
  return text
}
