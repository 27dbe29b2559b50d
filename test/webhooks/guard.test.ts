import { describe, expect, test } from '@jest/globals'
import { closestNetworks, Guard, hostOf, refusedNetworks } from '../../src/webhooks/guard.ts'

const guard = (...allowed: string[]) => new Guard(allowed)
const https = new URL('https://example.org/')
const http = new URL('http://example.org/')

/** Addresses inside of each network that is refused: the first, the last, and others that matter. */
const inside: Readonly<Record<string, readonly string[]>> = {
  '0.0.0.0/8': ['0.0.0.0', '0.255.255.255'],
  '10.0.0.0/8': ['10.0.0.0', '10.255.255.255'],
  '100.64.0.0/10': ['100.64.0.0', '100.127.255.255'],
  '127.0.0.0/8': ['127.0.0.1', '127.255.255.255', '::ffff:127.0.0.1', '::ffff:7f00:1', '0:0:0:0:0:ffff:7f00:1'],
  '169.254.0.0/16': ['169.254.169.254', '169.254.0.0', '169.254.255.255', '::ffff:169.254.169.254'],
  '172.16.0.0/12': ['172.16.0.0', '172.31.255.255', '172.30.32.2'],
  '192.0.0.0/24': ['192.0.0.0', '192.0.0.255'],
  '192.0.2.0/24': ['192.0.2.0', '192.0.2.255'],
  '192.88.99.0/24': ['192.88.99.0', '192.88.99.255'],
  '192.168.0.0/16': ['192.168.0.0', '192.168.255.255', '::ffff:192.168.1.1'],
  '198.18.0.0/15': ['198.18.0.0', '198.19.255.255'],
  '198.51.100.0/24': ['198.51.100.0', '198.51.100.255'],
  '203.0.113.0/24': ['203.0.113.0', '203.0.113.255'],
  '224.0.0.0/4': ['224.0.0.0', '239.255.255.255'],
  '240.0.0.0/4': ['240.0.0.0', '255.255.255.255'],
  '::/96': ['::', '::1', '::7f00:1', '::127.0.0.1'],
  'fe80::/10': ['fe80::', 'febf:ffff::1', 'fe80::1%eth0'],
  'fec0::/10': ['fec0::1', 'feff::1'],
  'fc00::/7': ['fc00::', 'fdff:ffff::1'],
  'ff00::/8': ['ff00::', 'ff02::1'],
  '2001::/23': ['2001::1', '2001:1ff:ffff::'],
  '2001:db8::/32': ['2001:db8::', '2001:db8:ffff::1'],
  '3fff::/20': ['3fff::', '3fff:fff::1'],
  '100::/64': ['100::', '100::ffff'],
  '2002::/16': ['2002:7f00:1::', '2002:ffff::1'],
  '64:ff9b::/96': ['64:ff9b::7f00:1', '64:ff9b::127.0.0.1', '64:ff9b::a9fe:a9fe'],
  '64:ff9b:1::/48': ['64:ff9b:1::', '64:ff9b:1:ffff::1'],
  '5f00::/16': ['5f00::', '5f00:ffff::1'],
}

test('every network that is refused is tried here', () => {
  expect(Object.keys(inside)).toEqual(refusedNetworks)
})

describe.each(Object.entries(inside))('addresses of %s', (_, addresses) => {
  test.each(addresses)('%s is refused, with what allows it', (address) => {
    const plain = address.replace('%eth0', '')
    expect(guard().refusalOf(address, https)).toBe(
      `${plain} is not an address of a public host; allow its network in smshub.yaml where that is meant: webhooks: { allow_networks: [${plain}] }`,
    )
  })

  test.each(addresses)('%s is called where the owner allows it, without https too', (address) => {
    const plain = address.replace('%eth0', '')
    const own = guard(plain)
    expect([own.refusalOf(address, https), own.refusalOf(address, http)]).toEqual([null, null])
  })
})

/** Addresses that no network opens but one within these. */
const close: readonly [address: string, network: string][] = [
  ['0.0.0.0', '0.0.0.0/8'],
  ['127.0.0.1', '127.0.0.0/8'],
  ['127.255.255.255', '127.0.0.0/8'],
  ['::ffff:127.0.0.1', '127.0.0.0/8'],
  ['169.254.169.254', '169.254.0.0/16'],
  ['::ffff:169.254.169.254', '169.254.0.0/16'],
  ['169.254.170.2', '169.254.0.0/16'],
  ['172.30.32.2', '172.30.32.0/23'],
  ['172.30.33.255', '172.30.32.0/23'],
  ['::', '::/96'],
  ['::1', '::/96'],
  ['fe80::1', 'fe80::/10'],
  ['febf:ffff::1', 'fe80::/10'],
  ['fd00:ec2::254', 'fd00:ec2::254'],
  ['2002:7f00:1::', '2002::/16'],
  ['64:ff9b::a9fe:a9fe', '64:ff9b::/96'],
  ['64:ff9b:1::1', '64:ff9b:1::/48'],
]

test('every network that a wider one does not open is tried here', () => {
  expect([...new Set(close.map(([, network]) => network))]).toEqual(closestNetworks)
})

test.each(close)('%s is opened by itself or %s, and by nothing wider', (address, network) => {
  const wide = ['0.0.0.0/0', '0.0.0.0/1', '128.0.0.0/1', '172.16.0.0/12', '172.30.0.0/16', '172.30.32.0/22']
  const wideSix = ['::/0', '::/95', 'fc00::/7', 'fd00::/8', 'fd00:ec2::/32', 'fe80::/9', '2000::/3', '64:ff9b::/32']
  const wider = guard(...wide, ...wideSix)
  expect(wider.refusalOf(address, https)).toBe(
    `${address} is of this machine or what runs it, which no wider network opens; allow its network in smshub.yaml where that is meant: webhooks: { allow_networks: [${address}] }`,
  )
  expect(wider.refusalOf(address, http)).not.toBeNull()
  expect(guard(...wide, network).refusalOf(address, http)).toBeNull()
  expect(guard(...wide, address).refusalOf(address, https)).toBeNull()
})

test('a wide network opens what is beside them', () => {
  const wide = guard('172.16.0.0/12', 'fd00::/8')
  for (const address of ['172.30.31.255', '172.30.34.0', '172.17.0.1', 'fd00:ec2::253', 'fd12::1'])
    expect(wide.refusalOf(address, http)).toBeNull()
})

test.each([
  '1.1.1.1',
  '8.8.8.8',
  '9.255.255.255',
  '11.0.0.0',
  '100.63.255.255',
  '100.128.0.0',
  '126.255.255.255',
  '128.0.0.0',
  '169.253.255.255',
  '172.15.255.255',
  '172.32.0.0',
  '192.0.1.0',
  '192.167.255.255',
  '198.17.255.255',
  '198.20.0.0',
  '223.255.255.255',
  '2001:4860:4860::8888',
  '2606:4700:4700::1111',
  '2a00::1',
  '::ffff:8.8.8.8',
])('%s is a public address: called with https, and not without', (address) => {
  expect(guard().refusalOf(address, https)).toBeNull()
  expect(guard().refusalOf(address, http)).toMatch(/is called by https:\/\/ only; allow its network/)
})

test('what is no address is refused', () => {
  for (const text of ['', 'localhost', '127.1', '0x7f000001']) expect(guard().refusalOf(text, https)).not.toBeNull()
})

test.each([
  ['https://2130706433/', '127.0.0.1'],
  ['https://0x7f.1/', '127.0.0.1'],
  ['https://127.1/', '127.0.0.1'],
  ['https://0177.0.0.1/', '127.0.0.1'],
  ['https://①②⑦.0.0.1/', '127.0.0.1'],
  ['https://[::ffff:127.0.0.1]/', '::ffff:7f00:1'],
  ['https://[::1]:8443/', '::1'],
  ['https://169.254.169.254/latest/meta-data/', '169.254.169.254'],
  ['https://%31%32%37.0.0.1/', '127.0.0.1'],
])('%s is refused however it is written', (text, host) => {
  expect(hostOf(new URL(text))).toBe(host)
  expect(guard().problemOf(text)).toMatch(`${host} is not an address of a public host`)
})

test.each(['https://LOCALHOST./', 'https://LocalHost./', 'https://localhost./'])(
  '%s is a name like any other: its address decides',
  (text) => {
    expect([hostOf(new URL(text)), guard().problemOf(text)]).toEqual(['localhost.', null])
    expect(guard('0.0.0.0/0').refusalOf('127.0.0.1', new URL(text))).toMatch('which no wider network opens')
  },
)

test.each([
  ['https://example.org/hook?x=1', null],
  ['https://example.org:8443/', null],
  ['https://example.org:443/', null],
  ['https://example.org:80/', null],
  ['https://example.org:1024/', null],
  ['https://1.1.1.1/', null],
  ['http://1.1.1.1/', /called by https:\/\/ only/],
  ['http://example.org/', /must begin with https:\/\/: http:\/\/ is for networks in webhooks: \{ allow_networks/],
  ['https://user@example.org/', /no user and password/],
  ['https://:secret@example.org/', /no user and password/],
  ['https://example.org:22/', /port 80 or 443, or one of at least 1024, not 22/],
  ['https://example.org:1023/', /not 1023/],
  ['https://example.org:0/', /not 0/],
  ['ftp://example.org/', /must begin with https/],
  ['file:///etc/passwd', /must begin with https/],
  ['javascript:alert(1)', /must begin with https/],
  ['example.org', /must be a URL like/],
  ['', /must be a URL like/],
  ['https://', /must be a URL like/],
] as const)('the problem of %s is %s', (text, problem) => {
  const found = guard().problemOf(text)
  if (problem === null) expect(found).toBeNull()
  else expect(found).toMatch(problem)
})

test('a name without https is looked up only where some network is allowed, and its address decides', () => {
  const home = guard('192.168.1.0/24')
  expect(home.problemOf('http://homeassistant.local:8123/')).toBeNull()
  expect(home.refusalOf('192.168.1.7', http)).toBeNull()
  expect(home.refusalOf('192.168.2.7', http)).toMatch('is not an address of a public host')
  expect(home.refusalOf('1.1.1.1', http)).toMatch('called by https:// only')
  expect(home.problemOf('http://192.168.1.7/')).toBeNull()
})
