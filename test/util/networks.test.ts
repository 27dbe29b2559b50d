import { BlockList, isIP, isIPv4, isIPv6 } from 'node:net'
import { describe, expect, test } from '@jest/globals'
import { isLoopbackAddress, isNetwork, isWithin, readAddress, sourceOf } from '../../src/util/networks.ts'
import { seededRandom } from '../../src/util/random.ts'

const random = seededRandom(7)
const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T
const pieces = ['0', '1', '10', '255', '256', '01', 'ffff', 'FFFF', 'db8', '::', ':', ':', '.', '.', '2001', 'g', '']
/** Strings that are nearly addresses, and some that are. */
const nearly = Array.from({ length: 20_000 }, () =>
  Array.from({ length: 1 + Math.floor(random() * 15) }, () => pick(pieces)).join(''),
)
const four = () => Array.from({ length: 4 }, () => Math.floor(random() * 256)).join('.')
const six = () => {
  const groups = Array.from({ length: 8 }, () => Math.floor(random() * 65_536).toString(16))
  const from = Math.floor(random() * 8)
  const some = random() < 0.5 ? groups : [...groups.slice(0, from), '', ...groups.slice(from + 2)]
  const text = some.join(':').replace(/^:/, '::').replace(/:$/, '::')
  return isIPv6(text) ? text : groups.join(':')
}

test('what is an address is what Node.js takes for one', () => {
  const others = [
    '1.2.3.4',
    '::ffff:1.2.3.4',
    '::1.2.3.4',
    '1:2:3:4:5:6:1.2.3.4',
    '1.2.3.4::',
    '::1.2.3.4:5',
    '1::2::3',
  ]
  const all = [...nearly, ...others, ...Array.from({ length: 2_000 }, six), ...Array.from({ length: 500 }, four)]
  expect(all.filter((text) => (readAddress(text) !== null) !== (isIP(text) !== 0))).toEqual([])
})

test('who is in a network is who is in it for Node.js', () => {
  for (let i = 0; i < 3_000; i++) {
    const isFour = random() < 0.5
    const [network, prefix] = isFour ? [four(), Math.floor(random() * 33)] : [six(), Math.floor(random() * 129)]
    // Near it, so that half of them are in it.
    const address = random() < 0.5 ? network : isFour ? four() : six()
    const list = new BlockList()
    list.addSubnet(network, prefix, isFour ? 'ipv4' : 'ipv6')
    const expected = list.check(address, isIPv4(address) ? 'ipv4' : 'ipv6')
    const text = `${network}/${prefix}`
    expect([address, text, isWithin(address, ['bad', text])]).toEqual([address, text, expected])
  }
})

describe('networks', () => {
  test.each([
    ['10.1.0.0/16', '10.0.0.0/8', true],
    ['10.0.0.0/8', '10.1.0.0/16', false],
    ['0.0.0.0/0', '::/0', false],
    ['fd00:1::/32', 'fd00::/8', true],
    ['::ffff:10.1.2.3', '10.0.0.0/8', true],
    ['10.1.2.3', '10.1.2.3', true],
  ])('%s within %s: %s', (one, other, expected) => {
    expect(isWithin(one, [other])).toBe(expected)
  })

  test.each(['', 'x', '1.2.3.4/33', '::/129', '1.2.3.4/', '1.2.3.4/8/8', '1.2.3.4/-1', 'fe80::1%eth0/64x'])(
    '%s is none',
    (text) => {
      expect([isNetwork(text), isWithin(text, ['0.0.0.0/0', '::/0'])]).toEqual([false, false])
    },
  )
})

test('loopback, in every form that a socket gives it', () => {
  const here = ['127.0.0.1', '127.8.9.1', '::1', '::ffff:127.0.0.1', '0:0:0:0:0:0:0:1', '::ffff:7f00:1']
  expect(here.filter((address) => !isLoopbackAddress(address))).toEqual([])
  expect(['128.0.0.1', '::2', '', 'localhost', '::127.0.0.1'].filter(isLoopbackAddress)).toEqual([])
})

test('an owner of IPv6 is one source with all addresses of a network', () => {
  const ours = ['2001:db8:1:2::1', '2001:0db8:0001:0002:ffff::9', '2001:db8:1:2:3:4:5:6%eth0']
  expect(new Set(ours.map(sourceOf))).toEqual(new Set(['2001:db8:1:2::/64']))
  expect([sourceOf('::ffff:10.0.0.1'), sourceOf('10.0.0.1'), sourceOf('::1'), sourceOf('pipe')]).toEqual([
    '10.0.0.1',
    '10.0.0.1',
    '0:0:0:0::/64',
    'pipe',
  ])
})
