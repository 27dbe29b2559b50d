import { realpathSync, type Stats, statSync } from 'node:fs'
import { withoutPort } from '../gateway/modem/hardware/known-modems.ts'
import { SpeedFinder } from '../gateway/modem/hardware/speed.ts'
import { usbDevices } from '../gateway/modem/hardware/usb.ts'
import { Channel } from '../gateway/modem/line/channel.ts'
import { holdersOf } from '../gateway/modem/line/holders.ts'
import type { Port } from '../gateway/modem/line/port.ts'
import { held, notAModem, notOpened, portFault } from '../gateway/modem/line/port-trouble.ts'
import type { CliContext } from './context.ts'

/** Other files in /dev are open in many programs. */
const terminals = /^\/dev\/(tty|pts\/|cu\.)/

/** A path of a port, not the name of a gateway. */
export function isPath(target: string): boolean {
  return target.includes('/')
}

/** Opens the port of a path from the command line; impossible ones are reported without opening them. */
export async function openNamed({ devices, clock, stderr }: CliContext, path: string): Promise<Port> {
  const speeds = new SpeedFinder(undefined, {
    clock,
    log: (message) => {
      stderr.write(`${message}\n`)
    },
  })
  if (path.startsWith('tcp:')) return speeds.open(path)
  const stat = statOf(path)
  if (stat === undefined) {
    const lines = [`stat ${path}: no such file`]
    // The port may be missing because of the modem's USB mode.
    const [stick] = withoutPort(usbDevices(devices))
    if (stick !== undefined)
      throw portFault(path, {
        ...stick,
        finding: `there is no such port, but ${stick.finding}`,
        lines: [...lines, ...stick.lines],
      })
    throw portFault(path, {
      finding: 'there is no such port',
      fix: 'smshub modem list shows those that are there',
      lines,
    })
  }
  if (stat.isDirectory()) throw notAModem(path, 'that is a folder, not a port', [`stat ${path}: a folder`])
  if (!stat.isCharacterDevice())
    throw notAModem(path, 'that is a file, not a port', [`stat ${path}: not a character device`])
  const [holder] = isTerminal(path) ? holdersOf(path) : []
  if (holder !== undefined && holder.pid !== process.pid) throw held(path, holder)
  return speeds.open(path)
}

/** Opens a port for the duration of `work`. */
export async function onPort<T>(
  context: CliContext,
  path: string,
  work: (ask: (text: string) => ReturnType<Channel['command']>) => Promise<T>,
): Promise<T> {
  const port = await openNamed(context, path)
  const quiet = { urc: () => {}, reset: () => {}, lost: () => {}, resynchronised: () => {} }
  const channel = new Channel(port, context.clock, quiet)
  try {
    return await channel.exclusive(async () => {
      await channel.synchronise()
      if (channel.lost !== null) {
        const fix = 'check that it is the right port: smshub modem list shows the use of each'
        throw portFault(path, { finding: 'nothing answers AT', fix, lines: ['> AT', `< (${channel.lost})`] })
      }
      await channel.command('ATE0', 3_000)
      await channel.command('AT+CMEE=1', 3_000)
      return work((text) => channel.command(text, 30_000, { graceWithoutOk: 10_000 }))
    })
  } finally {
    channel.lose('done')
    await port.close()
  }
}

function statOf(path: string): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false })
  } catch (error) {
    throw notOpened(path, error as Error)
  }
}

function isTerminal(path: string): boolean {
  return terminals.test(realpathSync(path))
}
