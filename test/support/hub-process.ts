import { type ChildProcess, spawn } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll } from '@jest/globals'
import { patienceMs } from './patience.ts'

export const mainFile = fileURLToPath(new URL('../../dist/main.js', import.meta.url))

export interface HubStart {
  /** YAML of the configuration. */
  readonly config: string
  readonly env?: Readonly<Record<string, string>>
  /** Another build than dist/main.js. */
  readonly main?: string
  /** Run under another program: strace, for example. */
  readonly under?: readonly string[]
  readonly args?: readonly string[]
}

const launched = new Set<HubProcess>()
// Of a test that failed.
afterAll(async () => {
  for (const hub of launched) await hub.kill()
})

/** A hub as users run it: a process of its own, with its own folder. */
export class HubProcess {
  readonly folder: string
  #child: ChildProcess | null = null
  #exit: Promise<{ code: number | null; signal: string | null }> = Promise.resolve({ code: null, signal: null })
  stderr = ''
  stdout = ''

  constructor(folder: string) {
    this.folder = folder
  }

  get pid(): number | undefined {
    return this.#child?.pid
  }

  get running(): boolean {
    return this.#child !== null && this.#child.exitCode === null && this.#child.signalCode === null
  }

  /** Starts it and waits until clients are let in. */
  async start(options: HubStart): Promise<void> {
    this.launch(options)
    await this.logged(/"msg":"connected: /)
  }

  launch({ config, env = {}, main = mainFile, under = [], args = [] }: HubStart): void {
    writeFileSync(join(this.folder, 'smshub.yaml'), config)
    this.stderr = ''
    this.stdout = ''
    const [command, ...rest] = [...under, process.execPath, main, '--config', join(this.folder, 'smshub.yaml'), ...args]
    const child = spawn(command as string, rest, {
      cwd: this.folder,
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
      // A group of its own: whatever it runs under ends with it.
      detached: true,
    })
    this.#child = child
    launched.add(this)
    child.stderr?.on('data', (chunk) => {
      this.stderr += chunk
    })
    child.stdout?.on('data', (chunk) => {
      this.stdout += chunk
    })
    this.#exit = new Promise((resolve) => child.once('exit', (code, signal) => resolve({ code, signal })))
  }

  /** Waits for a line on the standard error. */
  async logged(pattern: RegExp, ms = patienceMs): Promise<void> {
    const end = performance.now() + ms
    while (!pattern.test(this.stderr)) {
      if (!this.running) throw new Error(`the hub ended before ${pattern}:\n${this.stderr}`)
      if (performance.now() > end) throw new Error(`no ${pattern} within ${ms} ms:\n${this.stderr}`)
      await new Promise((resolve) => setTimeout(resolve, 10))
    }
  }

  exited(): Promise<{ code: number | null; signal: string | null }> {
    return this.#exit
  }

  /** As a power cut: no warning, no clean-up. */
  async kill(): Promise<void> {
    if (this.running && this.pid !== undefined) process.kill(-this.pid, 'SIGKILL')
    await this.#exit
  }

  async stop(): Promise<{ code: number | null; signal: string | null }> {
    if (this.running && this.pid !== undefined) process.kill(-this.pid, 'SIGTERM')
    return this.#exit
  }
}
