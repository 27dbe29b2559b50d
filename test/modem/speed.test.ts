import { duplexPair } from 'node:stream'
import { describe, expect, test } from '@jest/globals'
import { SpeedFinder } from '../../src/gateway/modem/hardware/speed.ts'
import { SimulatedModem } from '../../src/simulator/modem/simulated-modem.ts'
import { SimulatedNetwork } from '../../src/simulator/network/network.ts'
import { FakeClock } from '../fake-clock.ts'
import { portOn, steady } from './bench.ts'

/** A UART with a modem behind it that hears one speed; at any other both sides see garbage. */
class Uart {
  readonly clock = new FakeClock()
  readonly opened: number[] = []
  readonly said: string[] = []
  readonly modem: SimulatedModem
  speed: number

  constructor(speed: number) {
    this.speed = speed
    const network = new SimulatedNetwork({ clock: this.clock, behaviour: steady })
    this.modem = new SimulatedModem({ network, number: '+4917000001' })
  }

  readonly open = async (_: string, speed: number) => {
    this.opened.push(speed)
    const [here, there] = duplexPair()
    here.on('close', () => there.destroy())
    there.on('close', () => here.destroy())
    if (speed === this.speed) this.modem.attach(there)
    else there.on('data', () => there.write(Buffer.from([0xf8, 0x80, 0x3e, 0x00, 0xff])))
    return portOn(here)
  }

  finder(configured?: number): SpeedFinder {
    return new SpeedFinder(configured, {
      clock: this.clock,
      open: this.open,
      log: (message) => this.said.push(message),
    })
  }

  /** Opens and answers the speeds that were tried for it. */
  async speeds(finder: SpeedFinder, path = '/dev/ttyS0'): Promise<number[]> {
    this.opened.length = 0
    const opening = finder.open(path)
    let port: Awaited<typeof opening> | null = null
    void opening.then((one) => {
      port = one
    })
    for (let ms = 0; port === null && ms < 60_000; ms += 100) await this.clock.advance(100)
    await (await opening).close()
    await this.clock.advance(1)
    return [...this.opened]
  }
}

describe('a modem on a UART', () => {
  test('that hears another speed than the usual one is found, told of, and found at once the next time', async () => {
    const uart = new Uart(19_200)
    const finder = uart.finder()
    expect(await uart.speeds(finder)).toEqual([115_200, 9_600, 57_600, 38_400, 19_200])
    expect(uart.said).toEqual(['/dev/ttyS0: the modem answers at 19200 baud, not at 115200: set baud_rate: 19200'])
    expect(await uart.speeds(finder)).toEqual([19_200])
    expect(uart.said).toHaveLength(1)
  })

  test('is asked at the configured speed first, and at the others when that one is silent', async () => {
    const uart = new Uart(57_600)
    expect(await uart.speeds(uart.finder(57_600))).toEqual([57_600])
    expect(uart.said).toEqual([])
    expect(await uart.speeds(uart.finder(9_600))).toEqual([9_600, 115_200, 57_600])
  })

  test('that does not answer at all is left at the first speed: it may be starting', async () => {
    const uart = new Uart(300)
    const tried = await uart.speeds(uart.finder())
    expect([tried.length, tried.at(-1)]).toEqual([8, 115_200])
  })

  test.each(['tcp://10.0.0.1:2000', '/dev/pts/3', '/dev/ttyACM0'])('%s has no speed to look for', async (path) => {
    const uart = new Uart(9_600)
    expect(await uart.speeds(uart.finder(), path)).toEqual([115_200])
  })
})
