import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, constants, openSync } from 'node:fs'
import { Fault } from '../../message/fault.ts'
import { inBackground } from '../../util/background.ts'
import type { Clock } from '../../util/clock.ts'
import type { ModemServer } from './modem-server.ts'

/** Retry interval after its end, as when the modem is unplugged. */
const retryMs = 500

/** Output of socat when it has made the link and transfers bytes. */
const ready = /starting data transfer loop/

/**
 * A serial port for programs that need one: a pty, made by Debian's `socat`. It stays while programs open and close it,
 * disappears when the modem is unplugged and returns with it.
 */
export class Pty {
  readonly path: string
  readonly #clock: Clock
  readonly #server: ModemServer
  readonly #program: string
  /** Why it could not be made again; null while it works. */
  lastError: string | null = null
  #socat: ChildProcess | null = null
  #held: number | null = null
  #isClosed = false

  private constructor(server: ModemServer, path: string, clock: Clock, program: string) {
    this.#server = server
    this.#program = program
    this.path = path
    this.#clock = clock
  }

  /**
   * Makes the link `path`. Fails with `port_failed`, also where socat is not installed.
   *
   * @param program the command, if not `socat`
   */
  static async open(server: ModemServer, path: string, clock: Clock, program = 'socat'): Promise<Pty> {
    const pty = new Pty(server, path, clock, program)
    await pty.#start()
    return pty
  }

  close(): Promise<void> {
    this.#isClosed = true
    const socat = this.#socat
    return new Promise((resolve) => {
      if (!socat) return resolve()
      socat.once('exit', () => resolve())
      socat.kill()
    })
  }

  #start(): Promise<void> {
    const { host, port } = this.#server
    const socat = spawn(this.#program, ['-d', '-d', `pty,link=${this.path},raw,echo=0`, `tcp:${host}:${port}`], {
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    this.#socat = socat
    let output = ''
    return new Promise((resolve, reject) => {
      socat.once('error', (error) => reject(this.#failed(missing(error), error)))
      socat.once('exit', () => {
        reject(this.#failed(`socat ended: ${output.trim()}`))
        this.#ended()
      })
      socat.stderr.on('data', (chunk: Buffer) => {
        if (output.length > 10_000) return
        output += chunk.toString()
        if (!ready.test(output)) return
        // Without a holder socat ends when the first program closes the port.
        this.#held ??= openSync(this.path, constants.O_RDWR | constants.O_NOCTTY | constants.O_NONBLOCK)
        resolve()
      })
    })
  }

  #ended(): void {
    this.#socat = null
    if (this.#held !== null) closeSync(this.#held)
    this.#held = null
    if (this.#isClosed) return
    const failed = ({ message }: Error) => {
      this.lastError = message
    }
    this.#clock.after(retryMs, () => inBackground(() => this.#start(), failed))
  }

  #failed(message: string, cause?: unknown): Fault {
    return new Fault('port_failed', `${this.path}: ${message}`, { port: this.path }, cause)
  }
}

function missing(error: NodeJS.ErrnoException): string {
  if (error.code !== 'ENOENT') return error.message
  return 'socat is not installed (apt-get install socat); without it use tcp://'
}
