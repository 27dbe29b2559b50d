import type { IncomingMessage } from 'node:http'
import type { TLSSocket } from 'node:tls'
import type { Peer } from '../access/proof.ts'
import { isLoopbackAddress, isWithin, readAddress } from '../util/networks.ts'
import { nameIn } from './host-check.ts'

/** A proxy names itself or the client in one of these; the first two are RFC 7239 and RFC 9110. */
const ofProxies = /^(?:forwarded|via|x-forwarded-.*|x-real-ip|cf-.*|true-client-ip|x-client-ip|x-cluster-client-ip)$/
const localName = /^(?:localhost|.*\.localhost|127(?:\.\d+){3}|\[::1\])$/

/**
 * Where a request comes from. Behind a proxy on the same machine every stranger has the address of this machine: one
 * that came through a proxy is never taken for one from here, even where only its HTTP/1.0 or the name of the host
 * shows it. One that shows nothing at all is known by `http.proxies` only: whoever has its address is never from here.
 */
export function peerOf(request: IncomingMessage, proxies: readonly string[]): Peer {
  const { headers, socket, httpVersion } = request
  const remote = socket.remoteAddress ?? ''
  const isForwarded = Object.keys(headers).some((name) => ofProxies.test(name)) || httpVersion === '1.0'
  // A false claim makes the session of who makes it stricter, and nothing else.
  const secure = (socket as Partial<TLSSocket>).encrypted === true || lastOf(headers['x-forwarded-proto']) === 'https'
  return {
    address: clientOf(remote, headers['x-forwarded-for'], proxies),
    secure,
    isHere:
      !isForwarded && isLoopbackAddress(remote) && !isWithin(remote, proxies) && localName.test(nameIn(headers.host)),
  }
}

/** The last address that no proxy of ours has: what is before it, a client may have made up. */
function clientOf(remote: string, forwarded: string | string[] | undefined, proxies: readonly string[]): string {
  let client = remote
  for (const address of listOf(forwarded).reverse()) {
    if (!isWithin(client, proxies) || readAddress(address) === null) return client
    client = address
  }
  return client
}

const listOf = (header: string | string[] | undefined): string[] =>
  [header ?? []]
    .flat()
    .join(',')
    .split(',')
    .map((item) => item.trim())

const lastOf = (header: string | string[] | undefined): string | undefined => listOf(header).at(-1)
