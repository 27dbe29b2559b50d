import { isWithin, readAddress } from '../util/networks.ts'

/**
 * Networks that no endpoint may be in unless the owner allows them: this machine, its neighbours, addresses of cloud
 * metadata, and every range that is not for public hosts (IANA special-purpose address registries, RFC 6890), with the
 * ranges of IPv6 that contain an IPv4 address.
 */
export const refusedNetworks: readonly string[] = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/4',
  '240.0.0.0/4',
  // Unspecified, loopback, and the deprecated IPv4-compatible addresses.
  '::/96',
  'fe80::/10',
  'fec0::/10',
  'fc00::/7',
  'ff00::/8',
  '2001::/23',
  '2001:db8::/32',
  '3fff::/20',
  '100::/64',
  '2002::/16',
  '64:ff9b::/96',
  '64:ff9b:1::/48',
  '5f00::/16',
]

/**
 * This machine, its link with the metadata of a cloud, the Supervisor of Home Assistant, and the ranges of IPv6 that
 * contain an IPv4 address: whoever opens a network at home, or everything, does not mean them. Only a network within
 * them opens them.
 */
export const closestNetworks: readonly string[] = [
  '0.0.0.0/8',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.30.32.0/23',
  '::/96',
  'fe80::/10',
  'fd00:ec2::254',
  '2002::/16',
  '64:ff9b::/96',
  '64:ff9b:1::/48',
]

const ports: readonly number[] = [80, 443]
const minFreePort = 1_024

const toAllow = (address: string): string =>
  `allow its network in smshub.yaml where that is meant: webhooks: { allow_networks: [${address}] }`

/**
 * Decides which addresses the hub calls, so that nobody who may add a webhook can use it to reach what only the hub
 * can reach.
 */
export class Guard {
  readonly #allowed: readonly string[]
  readonly #allowedClose: readonly string[]

  /** The networks that are allowed beside public addresses. */
  constructor(allowed: readonly string[]) {
    this.#allowed = allowed
    this.#allowedClose = allowed.filter((network) => isWithin(network, closestNetworks))
  }

  /** What is wrong with a URL as it stands, without looking up its host; null when nothing is. */
  problemOf(text: string): string | null {
    if (!URL.canParse(text)) return 'must be a URL like https://example.org/hook'
    const url = new URL(text)
    const { protocol, username, password, port } = url
    if (protocol !== 'https:' && protocol !== 'http:') return 'must begin with https://'
    if (username !== '' || password !== '') return 'must have no user and password in it: every call is signed instead'
    if (port !== '' && !ports.includes(Number(port)) && Number(port) < minFreePort)
      return `must have the port 80 or 443, or one of at least ${minFreePort}, not ${port}`
    const host = hostOf(url)
    if (readAddress(host) !== null) return this.refusalOf(host, url)
    if (protocol === 'http:' && this.#allowed.length === 0)
      return 'must begin with https://: http:// is for networks in webhooks: { allow_networks: [...] } of smshub.yaml'
    return null
  }

  /** Why an address is not called for a URL; null when it is. */
  refusalOf(zoned: string, { protocol }: URL): string | null {
    const [address = ''] = zoned.split('%')
    if (readAddress(address) === null) return `${address} is not an address`
    const isClose = isWithin(address, closestNetworks)
    if (isWithin(address, isClose ? this.#allowedClose : this.#allowed)) return null
    if (isClose && isWithin(address, this.#allowed))
      return `${address} is of this machine or what runs it, which no wider network opens; ${toAllow(address)}`
    if (isWithin(address, refusedNetworks)) return `${address} is not an address of a public host; ${toAllow(address)}`
    return protocol === 'https:' ? null : `${address} is called by https:// only; ${toAllow(address)}`
  }
}

/** The host as an address or a name: `URL` has turned every spelling of an IPv4 address into the usual one. */
export const hostOf = ({ hostname }: URL): string => hostname.replace(/^\[(.*)\]$/, '$1')
