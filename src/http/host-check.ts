import { hostname } from 'node:os'

/** Top-level domains that can't be registered; home networks and clusters use them. */
const localEnding = /\.(?:local|lan|home|internal|localhost|home\.arpa|svc|test)$/

/** The host of a Host header, without its port. */
export const nameIn = (header = ''): string => header.toLowerCase().replace(/:\d+$/, '')

/**
 * Against DNS rebinding: a web page can point its own domain name at this address and read the answers. Addresses,
 * names without dots and names that can't be registered are safe.
 */
export function isOurs(name: string, hosts: readonly string[]): boolean {
  const own = [...hosts, hostname()].map((host) => host.toLowerCase())
  const isAddress = /^[\d.]+$|^\[.*\]$/.test(name)
  return isAddress || !name.includes('.') || localEnding.test(name) || own.includes(name)
}
