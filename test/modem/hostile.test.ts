import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { describe, expect, test } from '@jest/globals'
import type { Port } from '../../src/gateway/modem/line/port.ts'
import { addressOf } from '../../src/simulator/network/party.ts'
import { encodePdu } from '../../src/sms/encode-pdu.ts'
import { Bench, friend, hub } from './bench.ts'

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void

const mebibyte = 1_048_576
const minute = 60_000
/** Bytes of what is still held. */
function held(): number {
  collect()
  return process.memoryUsage().heapUsed
}

/** A good modem with somebody on its line who says what he likes. */
class Haunted {
  readonly bench: Bench
  #tell: (data: Uint8Array) => void = () => {}
  /** Answers true for what the modem shall not hear. */
  takes: (octets: string) => boolean = () => false

  private constructor() {
    this.bench = new Bench({ wrap: (port) => this.#wrap(port) })
  }

  static async ready(): Promise<Haunted> {
    const haunted = new Haunted()
    haunted.bench.driver.start(haunted.bench.told)
    await haunted.bench.clock.advance(5_000)
    expect(haunted.bench.driver.ready).toBe(true)
    return haunted
  }

  say(octets: string): void {
    this.#tell(Buffer.from(octets, 'latin1'))
  }

  /** Says so much, in pieces of 64 KiB with 3 ms between; answers the bytes that are held behind it and were not before. */
  async floods(octets: string, size: number): Promise<number> {
    const before = held()
    const piece = octets.repeat(Math.ceil(65_536 / octets.length))
    for (let said = 0; said < size; said += piece.length) {
      this.say(piece)
      await this.bench.clock.advance(3)
    }
    this.bench.told.messages.length = 0
    return held() - before
  }

  /** Texts go both ways. */
  async works(): Promise<void> {
    const { bench } = this
    await bench.until(() => bench.driver.ready, 10 * minute)
    const told = bench.told.messages.length
    expect(await bench.send('out')).toMatchObject({ outcome: 'sent' })
    bench.network.text({ from: friend, to: hub, text: 'in' })
    await bench.until(() => bench.told.messages.length > told, minute)
  }

  #wrap(port: Port): Port {
    return {
      ...port,
      write: (octets) => {
        if (!this.takes(octets)) port.write(octets)
      },
      onData: (hear) => {
        this.#tell = hear
        port.onData(hear)
      },
    }
  }
}

const { pdu: stored, tpduLength } = encodePdu({
  type: 'deliver',
  smsc: addressOf('+491710760000'),
  address: addressOf(friend),
  dcs: 0,
  scts: '2026-11-22T12:00:00+00:00',
  text: 'stored',
})

describe('a hostile modem fills no memory and no log, and is used when it is good again:', () => {
  const floods: readonly (readonly [string, string])[] = [
    ['a line that never ends', 'x'],
    ['NULs', '\0'],
    ['prompts', '> '],
    ['line ends', '\r\n'],
    ['a flood of announcements', '+CMTI: "SM",1\r\n+CDSI: "SR",2\r\n'],
    ['announcements of storages that it has not', '+CMTI: "AB",1\r\n+CMTI: "CD",2\r\n+CMTI: "EF",3\r\n'],
    ['a flood of texts', `+CMT: ,${tpduLength}\r\n${stored}\r\n`],
    ['first lines of texts only', '+CMT: ,24\r\n'],
    ['a full storage', '^SMMEMFULL:"SM"\r\n+CMTI: ,-1\r\n'],
    ['networks that come and go', '+CREG: 2\r\n+CREG: 1\r\n'],
    ['calls', 'RING\r\n+CLIP: "+491710000003",145\r\n'],
    ['what nobody knows', '^RSSI:18\r\n%XYZ: 1\r\nhello\r\n'],
    ['answers to what nobody asked', 'OK\r\n+CMGS: 7\r\nERROR\r\n+CMS ERROR: 38\r\n+CSQ: 1,1\r\n+CPIN: SIM PUK\r\n'],
    ['resets', 'RDY\r\n+CPIN: READY\r\n'],
  ]
  test.each(floods)('%s', async (_, octets) => {
    const haunted = await Haunted.ready()
    const { bench } = haunted
    const lines = bench.told.lines.length
    expect(await haunted.floods(octets, 2 * mebibyte)).toBeLessThan(4 * mebibyte)
    haunted.say('\r\n')
    expect(bench.told.lines.length - lines).toBeLessThan(200)
    await haunted.works()
    await bench.stop()
    expect(bench.watched.running).toBe(0)
  })
})

describe('a modem that says it holds a million messages', () => {
  /** The listing comes at the pace of a fast port; what is deleted is listed no more. */
  class Archive {
    readonly haunted: Haunted
    readonly deleted = new Set<number>()
    #listing = 0

    constructor(haunted: Haunted, { stops }: { readonly stops: boolean }) {
      this.haunted = haunted
      haunted.takes = (octets) => {
        if (stops && this.#listing > 0) this.#listing = 0
        if (octets === 'AT+CMGL=4\r') return this.#list()
        const index = /^AT\+CMGD=(\d+)\r$/.exec(octets)?.[1]
        if (index !== undefined) {
          this.deleted.add(Number(index))
          this.#soon('\r\nOK\r\n')
        }
        return index !== undefined || this.#listing > 0
      }
    }

    #soon(octets: string): void {
      this.haunted.bench.clock.after(5, () => this.haunted.say(octets))
    }

    #list(): true {
      let index = 0
      const listing = ++this.#listing
      const next = () => {
        if (this.#listing !== listing || index > 1_000_000) return
        let said = ''
        for (let i = 0; i < 100; i++, index++) {
          if (!this.deleted.has(index)) said += `+CMGL: ${index},0,,${tpduLength}\r\n${stored}\r\n`
        }
        this.haunted.say(said)
        this.haunted.bench.clock.after(500, next)
      }
      this.haunted.bench.clock.after(5, next)
      return true
    }
  }

  test('and lists until it is told something else: what it listed is filed and deleted, and texts go in between', async () => {
    const haunted = await Haunted.ready()
    const archive = new Archive(haunted, { stops: true })
    const { bench } = haunted
    const before = held()
    const said: string[] = []
    for (let i = 0; i < 3; i++) {
      await bench.clock.advance(2 * minute)
      said.push((await bench.send(`out ${i}`)).outcome)
    }
    expect(said).toEqual(['sent', 'sent', 'sent'])
    expect(archive.deleted.size).toBeGreaterThan(1_000)
    expect(bench.told.messages).toHaveLength(archive.deleted.size)
    bench.told.messages.length = 0
    expect(held() - before).toBeLessThan(20 * mebibyte)
    await bench.stop()
  })

  test('and lists for ever costs nothing but itself', async () => {
    const haunted = await Haunted.ready()
    new Archive(haunted, { stops: false })
    const { bench } = haunted
    const before = held()
    await bench.clock.advance(5 * minute)
    expect(bench.driver.ready).toBe(false)
    expect(bench.driver.state.last_error).toContain('does not answer')
    bench.told.messages.length = 0
    expect(held() - before).toBeLessThan(20 * mebibyte)
    haunted.takes = () => false
    await haunted.works()
    await bench.stop()
  })
})
