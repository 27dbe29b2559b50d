import { realpathSync, type Stats, statSync } from 'node:fs'
import { withoutPort } from '../gateway/modem/hardware/known-modems.ts'
import { SpeedFinder } from '../gateway/modem/hardware/speed.ts'
import { usbDevices } from '../gateway/modem/hardware/usb.ts'
import { Channel } from '../gateway/modem/line/channel.ts'
import { holdersOf } from '../gateway/modem/line/holders.ts'
import type { Port } from '../gateway/modem/line/port.ts'
import { held, notAModem, notOpened, portFault } from '../gateway/modem/line/port-trouble.ts'
import type { CliContext } from './context.ts'

/** Whatever else stands in /dev is open in many programs. */
const terminals = /^\/dev\/(tty|pts\/|cu\.)/

/** A port of this machine, and no gateway's name. */
export function isPath(target: string): boolean {
  return target.includes('/')
}

/** The port of a path that somebody typed; what it can't be is said before anything is opened. */
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
    // The port that somebody looks for may be one that its stick does not show.
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
  if (stat.isDirectory()) throw notAModem(path, 'that is a folder, no port', [`stat ${path}: a folder`])
  if (!stat.isCharacterDevice()) throw notAModem(path, 'that is a file, no port', [`stat ${path}: no character device`])
  const [holder] = isTerminal(path) ? holdersOf(path) : []
  if (holder !== undefined && holder.pid !== process.pid) throw held(path, holder)
  return speeds.open(path)
}

/** Opens a port for as long as the work lasts. */
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
        const fix = 'is it the right port? smshub modem list shows what each is for'
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
