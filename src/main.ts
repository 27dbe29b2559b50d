#!/usr/bin/env node
import './cli/node-version.ts'
import './cli/heap.ts'
import { readFileSync } from 'node:fs'
import { performance } from 'node:perf_hooks'
import type { CliContext } from './cli/context.ts'
import { program } from './cli/program.ts'
import { installation } from './installation.ts'
import { asError } from './util/background.ts'
import type { Clock } from './util/clock.ts'

// Files of the hub contain passwords and texts: accessible to the owner only.
process.umask(0o077)

/** The limit of setTimeout. */
const maxTimeoutMs = 2_147_483_647

/** ms for an orderly end. */
const lastMs = 3_000

/** Time and randomness of the machine: the only place that uses them. */
const systemClock: Clock = {
  wall: () => Date.now(),
  monotonic: () => performance.now(),
  random: () => Math.random(),
  after(ms, callback) {
    const timer = setTimeout(callback, Math.min(maxTimeoutMs, Math.max(0, ms)))
    timer.unref()
    return { cancel: () => clearTimeout(timer) }
  },
}

/** The first signal stops the program properly, a second one at once. */
const ended = new Promise<string>((resolve) => {
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.once(signal, () => {
      process.once(signal, () => process.exit(1))
      resolve(signal)
    })
  }
  // The reader of the output has ended: `smshub schema config | head`.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error
    setTimeout(() => process.exit(), lastMs).unref()
    resolve('nobody reads the output any more')
  })
})
// A closed log must not stop the hub.
process.stderr.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error
})

/** Uncaught errors: a running hub stops properly, everything else ends at once. */
let endInOrder: ((error: Error) => void) | null = null
for (const event of ['unhandledRejection', 'uncaughtException'] as const) {
  process.on(event, (thrown: unknown) => {
    const error = asError(thrown)
    if (endInOrder !== null) return endInOrder(error)
    process.stderr.write(`${error.stack ?? error.message}\n`)
    process.exit(1)
  })
}

const { version } = JSON.parse(readFileSync(new URL('package.json', installation), 'utf8')) as { version: string }

const context: CliContext = {
  env: process.env,
  cwd: process.cwd(),
  stdin: process.stdin,
  stdout: process.stdout,
  stderr: process.stderr,
  clock: systemClock,
  version,
  ended,
  onDefect: (listener) => {
    endInOrder = listener
  },
}

process.exitCode = await program(context, process.argv.slice(2))
// Whatever a library left running must not keep a finished program alive.
setTimeout(() => process.exit(), lastMs).unref()
