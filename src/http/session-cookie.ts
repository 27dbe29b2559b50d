import type { Peer } from '../access/proof.ts'

const maxAgeSeconds = 30 * 86_400

/** The prefix makes browsers take the cookie over TLS only, and from nobody but this host (RFC 6265bis, 4.1.3.2). */
const nameOf = ({ secure }: Peer): string => (secure ? '__Host-smshub' : 'smshub')

/** The secret of the session in the cookies of a request. */
export function sessionIn(header: string | undefined, peer: Peer): string | undefined {
  const start = `${nameOf(peer)}=`
  const pairs = header?.split(';').map((pair) => pair.trim())
  return pairs?.find((pair) => pair.startsWith(start))?.slice(start.length)
}

/** The cookie that keeps a session; `null` ends it. */
export function sessionCookie(session: string | null, peer: Peer): string {
  const age = session === null ? 0 : maxAgeSeconds
  const secure = peer.secure ? '; Secure' : ''
  return `${nameOf(peer)}=${session ?? ''}; Max-Age=${age}; Path=/; HttpOnly; SameSite=Strict${secure}`
}
