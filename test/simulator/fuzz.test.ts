import { expect, test } from '@jest/globals'
import { commands } from '../../src/simulator/modem/commands/index.ts'
import { seededRandom } from '../../src/util/random.ts'
import { bench, friend, hub } from './bench.ts'

/** Without S3: with another end of line nobody would answer AT. */
const names = Object.keys(commands).filter((name) => name !== 'S3')
const values = [
  '0',
  '1',
  '2',
  '99',
  '-1',
  '"SM"',
  '"+491710000002"',
  '"00FC"',
  '"SC"',
  '"UCS2"',
  '"ALL"',
  '"1234"',
  '',
  '"',
  '24',
  'x',
]
const typed = [
  '\x1a',
  '\x1b',
  '0031000B91\x1a',
  '079194710167000011010C91947101000020\x1a',
  'hello\r\x1a',
  '00FC\x1a',
  '\0\xff',
  'A/',
]

test.each(Array.from({ length: 20 }, (_, seed) => seed))(
  'whatever is typed, a modem answers AT again (seed %d)',
  async (seed) => {
    const random = seededRandom(seed)
    const pick = <Value>(list: readonly Value[]): Value => list[Math.floor(random() * list.length)] as Value
    const behaviour = { acceptMs: [0, 0], deliverMs: [0, 0] } as const
    const { clock, network, modem, terminal } = await bench({ network: { behaviour } })
    for (let i = 0; i < 200; i++) {
      const parameters = Array.from({ length: Math.floor(random() * 5) }, () => pick(values)).join(',')
      await terminal.type(`AT${pick(names)}${pick(['', '?', '=?', '=', `=${parameters}`, parameters])}\r`)
      if (random() < 0.3) await terminal.type(pick(typed))
      if (random() < 0.1) network.text({ from: friend, to: hub, text: 'ü€'.repeat(i % 100) })
      if (random() < 0.02) network.deliver({ from: friend, to: hub, pdu: '0791947101670000440C9194710100' })
      if (random() < 0.05) await clock.advance(20_000)
    }
    modem.reset()
    await clock.advance(20_000)
    expect(await terminal.type('AT&FE0\r')).toContain('OK')
    expect(await terminal.command('AT')).toEqual(['OK'])
  },
)
