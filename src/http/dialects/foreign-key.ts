import type { ForeignRequest } from './http-dialect.ts'

/** `Bearer <key>`, the password of Basic whatever the user, or the key alone, as some clients send it. */
export function authorizationOf({ headers: { authorization } }: ForeignRequest): string | undefined {
  if (authorization === undefined) return undefined
  const [first = '', second] = authorization.trim().split(/ +/, 2)
  if (second === undefined) return first
  return first.toLowerCase() === 'basic' ? passwordIn(second) : second
}

function passwordIn(credentials: string): string {
  const [, ...password] = Buffer.from(credentials, 'base64').toString().split(':')
  return password.join(':')
}

/** A header that is there once. */
export const headerOf =
  (name: string) =>
  ({ headers }: ForeignRequest): string | undefined => {
    const value = headers[name]
    return typeof value === 'string' ? value : undefined
  }
