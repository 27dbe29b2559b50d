/** An IP address as a number. An IPv4 address in IPv6 (RFC 4291, 2.5.5.2) is the IPv4 address. */
interface Address {
  readonly bits: bigint
  readonly width: 32 | 128
}

/** Null for anything else; the zone of a link-local address is left out. */
export function readAddress(text: string): Address | null {
  const bare = text.replace(/%[^%]+$/, '')
  const four = bare.includes(':') ? null : readFour(bare)
  if (four !== null || !bare.includes(':')) return four === null ? null : { bits: four, width: 32 }
  const bits = readSix(bare)
  if (bits === null) return null
  return bits >> 32n === 0xffffn ? { bits: bits & 0xffff_ffffn, width: 32 } : { bits, width: 128 }
}

function readFour(text: string): bigint | null {
  const octets = text.split('.')
  if (octets.length !== 4 || !octets.every((octet) => /^(0|[1-9]\d{0,2})$/.test(octet) && Number(octet) < 256))
    return null
  return octets.reduce((bits, octet) => (bits << 8n) | BigInt(octet), 0n)
}

function readSix(text: string): bigint | null {
  const halves = withoutFour(text).split('::')
  if (halves.length > 2) return null
  const [head = [], tail] = halves.map((half) => (half === '' ? [] : half.split(':')))
  const given = [...head, ...(tail ?? [])]
  const gap = 8 - given.length
  if (!given.every((group) => /^[0-9a-f]{1,4}$/i.test(group)) || (tail === undefined ? gap !== 0 : gap < 1)) return null
  const groups = [...head, ...Array<string>(gap).fill('0'), ...(tail ?? [])]
  return groups.reduce((bits, group) => (bits << 16n) | BigInt(`0x${group}`), 0n)
}

/** An IPv4 address at the end is two groups. */
function withoutFour(text: string): string {
  const last = text.slice(text.lastIndexOf(':') + 1)
  const four = readFour(last)
  if (four === null) return text
  return `${text.slice(0, -last.length)}${(four >> 16n).toString(16)}:${(four & 0xffffn).toString(16)}`
}

/** `192.168.1.5`, `10.0.0.0/8`, `fd00::/8`; null for anything else. */
function readNetwork(text: string): (Address & { readonly prefix: number }) | null {
  const [address = '', prefix, ...rest] = text.split('/')
  const read = readAddress(address)
  if (read === null || rest.length > 0) return null
  if (prefix === undefined) return { ...read, prefix: read.width }
  return /^\d{1,3}$/.test(prefix) && Number(prefix) <= read.width ? { ...read, prefix: Number(prefix) } : null
}

export const isNetwork = (text: string): boolean => readNetwork(text) !== null

/** Whether an address or a whole network is in one of these networks. */
export function isWithin(text: string, networks: readonly string[]): boolean {
  const one = readNetwork(text)
  if (one === null) return false
  return networks.some((network) => {
    const other = readNetwork(network)
    if (other === null || other.width !== one.width || other.prefix > one.prefix) return false
    const rest = BigInt(other.width - other.prefix)
    return one.bits >> rest === other.bits >> rest
  })
}

export const isLoopbackAddress = (address: string): boolean => isWithin(address, ['127.0.0.0/8', '::1'])

/** The source that shares a limit: an IPv4 address, or a /64 network, which one owner of IPv6 has. */
export function sourceOf(address: string): string {
  const read = readAddress(address)
  if (read === null) return address
  const { bits, width } = read
  if (width === 32) return [24n, 16n, 8n, 0n].map((shift) => (bits >> shift) & 255n).join('.')
  const groups = [112n, 96n, 80n, 64n].map((shift) => ((bits >> shift) & 0xffffn).toString(16))
  return `${groups.join(':')}::/64`
}
