import type { Tx } from '../tx.ts'
import { refreshLane } from './lanes.ts'

/** What is not let out of the queue: all of it, what a gateway would take, or what is for a device. */
export interface PauseScope {
  readonly device?: string | undefined
  readonly gateway?: string | undefined
}

export interface Pause extends PauseScope {
  readonly since: number
}

/** Pauses that are told; there may be as many as devices. */
const mostTold = 100

/**
 * A row is a pause: it holds over restarts. What has begun comes to its end all the same, half an act is worse than a
 * late one; times to live go on.
 */
export function pauseQueue(tx: Tx, { now, ...scope }: PauseScope & { readonly now: number }): Pause[] {
  tx.run('INSERT INTO pause (scope, since) VALUES (?, ?) ON CONFLICT (scope) DO NOTHING', keyOf(scope), now)
  if (scope.device !== undefined) refreshLane(tx, keyOf(scope), now)
  return pauses(tx)
}

/** Ends this pause and no other; rings for what may leave now. */
export function resumeQueue(tx: Tx, { now, ...scope }: PauseScope & { readonly now: number }): Pause[] {
  tx.run('DELETE FROM pause WHERE scope = ?', keyOf(scope))
  if (scope.device !== undefined) refreshLane(tx, keyOf(scope), now)
  tx.ring('outbox')
  return pauses(tx)
}

/** What is paused, the widest first. */
export function pauses(tx: Tx): Pause[] {
  return tx
    .all<{ scope: string; since: number }>('SELECT scope, since FROM pause ORDER BY scope LIMIT ?', mostTold)
    .map(({ scope, since }) => ({ ...scopeOf(scope), since }))
}

/** Whether this gateway takes nothing new out of the queue. */
export function isPaused(tx: Tx, gateway: string): boolean {
  return tx.one(`SELECT 1 FROM pause WHERE scope IN ('', ?)`, keyOf({ gateway })) !== undefined
}

/** The device is gone: another one of its name begins afresh. */
export function forgetPause(tx: Tx, device: string): void {
  tx.run('DELETE FROM pause WHERE scope = ?', keyOf({ device }))
}

/** The key of a device is that of its lane. */
function keyOf({ device, gateway }: PauseScope): string {
  return device !== undefined ? `d:${device}` : gateway !== undefined ? `g:${gateway}` : ''
}

function scopeOf(key: string): PauseScope {
  if (key === '') return {}
  return key.startsWith('d:') ? { device: key.slice(2) } : { gateway: key.slice(2) }
}
