import { basename } from 'node:path'
import type { Clock } from '../../../util/clock.ts'
import { openPort, type Port } from '../line/port.ts'
import { useOf } from './known-modems.ts'
import { type DeviceTree, realName, thisMachine, usbOf } from './usb.ts'

/** Baud rates, the likeliest first. */
export const speeds: readonly number[] = [115_200, 9_600, 57_600, 38_400, 19_200, 230_400, 460_800]

/** For an answer, and the attempts: a modem that detects the speed does not answer the first AT. */
const answerTimeoutMs = 500
const triesPerSpeed = 2

/** An echo, a result code in words, or one in digits. At another speed than the modem's there is none of them. */
const answers = /AT\r|OK|ERROR|(?:^|\r)[04]\r/

/** UARTs on boards, under the names that systems give them. */
const uarts = /^(tty(S|AMA|HS|MSM|THS|O|mxc)\d+|COM\d+|(tty|cu)\.(usb)?serial.*)$/i

export interface SpeedDeps {
  readonly clock: Clock
  readonly open?: (path: string, baudRate: number) => Promise<Port>
  readonly tree?: DeviceTree
  /** A sentence about the speed, where it is not the one that was tried first. */
  log(message: string): void
}

/** Opens a port whose speed is unknown or configured wrongly, at the one at which something answers. */
export class SpeedFinder {
  readonly #deps: SpeedDeps
  readonly #order: readonly number[]
  #found: number | null = null

  /** `configured` is tried first. */
  constructor(configured: number | undefined, deps: SpeedDeps) {
    this.#deps = deps
    this.#order = [...(configured === undefined ? [] : [configured]), ...speeds]
  }

  /** Where nothing answers it is the first speed: the modem may be starting. */
  async open(path: string): Promise<Port> {
    const { open = openPort, clock, tree = thisMachine, log } = this.#deps
    const order = [...new Set(this.#found === null ? this.#order : [this.#found, ...this.#order])]
    const [first] = order as [number]
    if (!hasSpeed(path, tree)) return open(path, first)
    for (const speed of order) {
      const port = await open(path, speed)
      if (await isAnswered(port, clock)) {
        if (speed !== first)
          log(`${path}: the modem answers at ${speed} baud, not at ${first}: set baud_rate: ${speed}`)
        this.#found = speed
        return { ...port, baudRate: speed }
      }
      await port.close()
    }
    return open(path, first)
  }
}

/** A UART, or an adapter for one. USB alone and TCP have no speed. */
function hasSpeed(path: string, tree: DeviceTree): boolean {
  if (path.startsWith('tcp:')) return false
  const usb = usbOf(path, tree)
  return usb === null ? uarts.test(basename(realName(path))) : useOf({ path, usb }).what === 'adapter'
}

async function isAnswered(port: Port, clock: Clock): Promise<boolean> {
  let received = ''
  let notice: (() => void) | null = () => {}
  port.onData((data) => {
    if (notice === null) return
    received += Buffer.from(data).toString('latin1')
    if (answers.test(received)) notice()
  })
  for (let left = triesPerSpeed; left > 0 && !answers.test(received); left--) {
    // ESC: out of a prompt that was left open.
    port.write('\x1bAT\r')
    await new Promise<void>((resolve) => {
      const timer = clock.after(answerTimeoutMs, resolve)
      notice = () => {
        timer.cancel()
        resolve()
      }
    })
  }
  notice = null
  return answers.test(received)
}
