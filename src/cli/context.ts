import type { Readable, Writable } from 'node:stream'
import type { DeviceTree } from '../gateway/modem/hardware/usb.ts'
import { Fault, hintOf, isDiskFault } from '../message/fault.ts'
import { inBackground } from '../util/background.ts'
import type { Clock } from '../util/clock.ts'

/** Environment of a command. */
export interface CliContext {
  readonly env: Readonly<Record<string, string | undefined>>
  readonly cwd: string
  readonly stdin: Readable
  readonly stdout: Writable & { readonly isTTY?: boolean }
  readonly stderr: Writable & { readonly isTTY?: boolean }
  readonly clock: Clock
  readonly version: string
  /** Root of the file system with the devices, where it is not that of this machine. */
  readonly devices?: DeviceTree
  /** Resolves when the program is to end (a signal). */
  readonly ended: Promise<string>
  /** Receives uncaught errors, so that the program can stop properly; without it they end it at once. */
  onDefect?(listener: (error: Error) => void): void
}

/** Exit codes; 78 is EX_CONFIG of sysexits, 75 EX_TEMPFAIL: start it again. */
export const exitCodes = { ok: 0, failure: 1, usage: 2, restart: 75, config: 78 } as const

/** Faults that need a change of the configuration, or of the machine's set-up. */
const configFaults = ['invalid_config', 'invalid_profile', 'data_locked', 'store_damaged', 'store_newer']

export function exitCodeOf(code: string): number {
  return configFaults.includes(code) ? exitCodes.config : exitCodes.failure
}

/** The message of a fault of the machine or the data folder, with its hint. Those of requests are for MQTT clients. */
export function withHint({ code, message }: Fault): string {
  const hint = configFaults.includes(code) || isDiskFault(code) ? hintOf(code) : undefined
  return hint === undefined ? message : `${message}. ${hint}`
}

/** Lines of the standard input, without their ends. */
export async function* linesOf(input: Readable): AsyncGenerator<string> {
  let rest = ''
  input.setEncoding('utf8')
  for await (const chunk of input) {
    const lines = (rest + chunk).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) yield line.replace(/\r$/, '')
  }
  if (rest !== '') yield rest
}

/**
 * Obeys the lines of the standard input until the program is to end: an input that stays open does not keep it alive.
 * What `obey` throws goes to the standard error, and the next line is read.
 */
export async function obeyLines({ stdin, stderr, ended }: CliContext, obey: (line: string) => unknown): Promise<void> {
  const complain = (error: unknown) => stderr.write(`${Fault.from(error).message}\n`)
  let isOver = false
  inBackground(
    async () => {
      for await (const line of linesOf(stdin)) {
        try {
          if (line.trim() !== '') await obey(line.trim())
        } catch (error) {
          complain(error)
        }
      }
    },
    (error) => isOver || complain(error),
  )
  await ended
  isOver = true
  stdin.destroy()
}

/** All of the standard input. */
export async function wholeOf(input: Readable): Promise<string> {
  input.setEncoding('utf8')
  let text = ''
  for await (const chunk of input) text += chunk
  return text
}
