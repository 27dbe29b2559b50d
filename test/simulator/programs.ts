import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { accessSync, constants, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { afterAll, test } from '@jest/globals'
import { SimulatedDevice } from '../../src/simulator/device/simulated-device.ts'
import { ModemServer } from '../../src/simulator/modem/modem-server.ts'
import { Pty } from '../../src/simulator/modem/pty.ts'
import { type ModemOptions, SimulatedModem } from '../../src/simulator/modem/simulated-modem.ts'
import { SimulatedNetwork } from '../../src/simulator/network/network.ts'
import { patienceMs, until } from '../support/patience.ts'
import { friend, hub } from './bench.ts'
import { realClock } from './real-clock.ts'

/** `test`, or a test that is skipped with a visible line where one of the programs is missing. */
export function testWith(...programs: readonly string[]) {
  const missing = programs.filter((program) => !isInstalled(program))
  if (missing.length === 0) return test
  process.stderr.write(
    `SKIPPED, as ${missing.join(' and ')} is not installed (apt-get install gammu smstools ofono modemmanager dbus socat)\n`,
  )
  return test.skip
}

/** Runs a program to its end and returns what it printed on both streams. */
export function run(program: string, ...words: readonly string[]): Promise<string> {
  return new Promise((resolve) => {
    const child = execFile(program, words, { timeout: patienceMs }, (_, out, err) => resolve(out + err))
    child.stdin?.end()
  })
}

/**
 * A modem on TCP, and on a serial port of this machine unless only TCP is wanted, in a network where a friend answers
 * every text with `got <text>`.
 */
export async function town({
  serial = true,
  modem: options = {},
}: {
  serial?: boolean
  modem?: Partial<ModemOptions>
} = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'smshub-sim-'))
  const behaviour = { acceptMs: [50, 100], deliverMs: [50, 100], reportMs: [50, 100] } as const
  const network = new SimulatedNetwork({ clock: realClock, behaviour })
  const modem = new SimulatedModem({ network, number: hub, ...options })
  const answerer = { answer: (text: string) => [{ text: `got ${text}`, afterMs: 100 }] }
  const device = new SimulatedDevice({ network, number: friend, answerer })
  const server = await ModemServer.listen(modem, '127.0.0.1', 0)
  const port = join(folder, 'modem')
  const pty = serial ? await Pty.open(server, port, realClock) : null
  const close = async () => {
    await pty?.close()
    await server.close()
    rmSync(folder, { recursive: true })
  }
  return { folder, network, modem, device, server, port, close }
}

/** Until a program listens on this socket of the machine; an abstract name begins with `@`. */
export function listening(name: string): Promise<void> {
  // Its flags say that it takes connections: __SO_ACCEPTCON, as in proc_pid_net(5).
  const isOpen = (line: string) => line.endsWith(` ${name}`) && line.split(' ')[3] === '00010000'
  return until(() => readFileSync('/proc/net/unix', 'utf8').split('\n').some(isOpen))
}

const started: ChildProcess[] = []
// Of a test that failed.
afterAll(() => {
  for (const child of started) child.kill('SIGKILL')
})

/** A program that runs until the returned function has ended it. */
export function start(
  program: string,
  words: readonly string[],
  environment: NodeJS.ProcessEnv = {},
): (signal?: NodeJS.Signals) => Promise<void> {
  const child = spawn(program, words, { stdio: 'ignore', env: { ...process.env, ...environment } })
  started.push(child)
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  return (signal) => {
    child.kill(signal)
    return ended
  }
}

function isInstalled(program: string): boolean {
  return [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin'].some((folder) => {
    try {
      accessSync(join(folder, program), constants.X_OK)
      return true
    } catch {
      return false
    }
  })
}
