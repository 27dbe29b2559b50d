import { loadConfig } from '../config/load.ts'
import type { QueuedRow } from '../ledger/outbox/queue.ts'
import { isoTime } from '../message/result.ts'
import type { CliContext } from './context.ts'
import { exitCodes } from './context.ts'
import { request } from './control.ts'
import type { RunOptions } from './run.ts'
import { tableLines } from './table-lines.ts'

interface About {
  readonly device?: string | undefined
  readonly gateway?: string | undefined
}

interface Pause extends About {
  readonly since: string
}

interface Listed {
  readonly commands: readonly QueuedRow[]
  readonly paused: readonly Pause[]
}

const header = ['id', 'status', 'for', 'command', 'gateway', 'age', 'send at', 'reason']

/** `queue list`: the queue of the running hub, the oldest first; pauses are on standard error. */
export async function listQueue(
  context: CliContext,
  about: About & { readonly limit?: string; readonly json: boolean },
  options: RunOptions,
): Promise<number> {
  const { json, ...asked } = about
  const { commands, paused } = await ask<Listed>('list', asked, options)
  if (json) for (const one of commands) context.stdout.write(`${JSON.stringify(one)}\n`)
  else if (commands.length === 0) context.stderr.write('the queue is empty\n')
  else {
    const rows = commands.map((one) => [
      one.command_id,
      one.status,
      one.device ?? one.to ?? '-',
      one.command ?? '-',
      one.gateway ?? 'any',
      ageOf(context.clock.wall() - one.queued_at),
      one.send_at === null ? '' : isoTime(one.send_at),
      one.reason ?? '',
    ])
    for (const line of tableLines(header, rows)) context.stdout.write(`${line}\n`)
  }
  tellPauses(context, paused)
  return exitCodes.ok
}

/** `queue pause` and `queue resume`: prints the pauses that remain. */
export async function changePause(
  context: CliContext,
  verb: 'pause' | 'resume',
  about: About,
  options: RunOptions,
): Promise<number> {
  const { paused } = await ask<{ paused: readonly Pause[] }>(verb, about, options)
  if (paused.length === 0) context.stderr.write('nothing is paused\n')
  tellPauses(context, paused)
  return exitCodes.ok
}

/** `queue purge`: cancels the queue of a device, or all with `--all`. */
export async function purgeQueue({ stdout }: CliContext, about: About, options: RunOptions): Promise<number> {
  const { cancelled } = await ask<{ cancelled: number }>('purge', about, options)
  stdout.write(`${cancelled} cancelled\n`)
  return exitCodes.ok
}

/** `clock accept`: accepts the clock though the store has later times. */
export async function acceptClock({ stdout }: CliContext, options: RunOptions): Promise<number> {
  const { moved } = await request<{ moved: number }>(loadConfig(options).dataFolder, 'clock/accept')
  stdout.write(`the clock is accepted; ${moved} times ahead of it are moved\n`)
  return exitCodes.ok
}

const spans = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
] as const

/** A waiting time: `3h`, `2m`, `40s`. */
function ageOf(ms: number): string {
  const span = spans.find(([, width]) => ms >= width)
  return span === undefined ? `${Math.max(0, Math.round(ms / 1000))}s` : `${Math.floor(ms / span[1])}${span[0]}`
}

function tellPauses({ stderr }: CliContext, paused: readonly Pause[]): void {
  for (const { device, gateway, since } of paused) {
    const of = device !== undefined ? ` of ${device}` : gateway !== undefined ? ` of gateway ${gateway}` : ''
    stderr.write(`the queue${of} is paused since ${since}\n`)
  }
}

const ask = <T>(verb: string, about: object, options: RunOptions): Promise<T> =>
  request<T>(loadConfig(options).dataFolder, `queue/${verb}`, { ...about })
