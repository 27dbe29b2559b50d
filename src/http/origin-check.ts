import type { IncomingHttpHeaders } from 'node:http'

const safeMethods = ['GET', 'HEAD', 'OPTIONS']

export const isSafe = (method: string): boolean => safeMethods.includes(method)

/**
 * Whether a web page of another origin makes a request: a browser adds who is signed in here by itself (CSRF). The
 * header Sec-Fetch-Site decides; older browsers, and all of them without TLS, send Origin. `unknown`: no browser, or
 * none that has to be taken for one.
 */
export function originOf({ 'sec-fetch-site': site, origin, host }: IncomingHttpHeaders): 'own' | 'foreign' | 'unknown' {
  if (site !== undefined) return site === 'same-origin' || site === 'none' ? 'own' : 'foreign'
  if (origin === undefined) return 'unknown'
  return URL.canParse(origin) && new URL(origin).host === host?.toLowerCase() ? 'own' : 'foreign'
}
