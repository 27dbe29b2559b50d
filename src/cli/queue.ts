import { loadConfig } from '../config/load.ts'
import { escaped } from '../util/escape.ts'
import type { CliContext } from './context.ts'
import { exitCodes } from './context.ts'
import { askDesk } from './control.ts'
import type { RunOptions } from './run.ts'

interface About {
  readonly device?: string | undefined
  readonly gateway?: string | undefined
}

interface Pause extends About {
  readonly since: string
}

interface Listed {
  readonly commands: readonly {
    readonly command_id: string
    readonly device: string | null
    readonly command: string | null
    readonly status: string
    readonly queued_at: number
  }[]
  readonly paused: readonly Pause[]
}

/** `queue list`: what waits at the running hub, the oldest first; what is paused on the standard error. */
export async function listQueue(
  context: CliContext,
  about: About & { readonly limit?: string; readonly json: boolean },
  options: RunOptions,
): Promise<number> {
  const { json, ...asked } = about
  const { commands, paused } = await ask<Listed>('list', asked, options)
  for (const one of commands) {
    const line = [one.command_id, one.status, one.device ?? '-', one.command ?? '-'].map(escaped).join('\t')
    context.stdout.write(`${json ? JSON.stringify(one) : line}\n`)
  }
  tellPauses(context, paused)
  return exitCodes.ok
}

/** `queue pause` and `queue resume`: tells what is paused then. */
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

/** `queue purge`: cancels what waits, of one device or with `--all`. */
export async function purgeQueue({ stdout }: CliContext, about: About, options: RunOptions): Promise<number> {
  const { cancelled } = await ask<{ cancelled: number }>('purge', about, options)
  stdout.write(`${cancelled} cancelled\n`)
  return exitCodes.ok
}

/** `clock accept`: ends the wait for a clock that the store knows a later time than. */
export async function acceptClock({ stdout }: CliContext, options: RunOptions): Promise<number> {
  const { moved } = await askDesk<{ moved: number }>(loadConfig(options).dataFolder, 'request/clock/accept')
  stdout.write(`the clock is accepted; ${moved} times that lay ahead of it are moved\n`)
  return exitCodes.ok
}

function tellPauses({ stderr }: CliContext, paused: readonly Pause[]): void {
  for (const { device, gateway, since } of paused) {
    const of = device !== undefined ? ` of ${device}` : gateway !== undefined ? ` of gateway ${gateway}` : ''
    stderr.write(`the queue${of} is paused since ${since}\n`)
  }
}

const ask = <T>(verb: string, about: object, options: RunOptions): Promise<T> =>
  askDesk<T>(loadConfig(options).dataFolder, `request/queue/${verb}`, { ...about })
