import { happening } from '../../message/hub-event.ts'
import type { Tx } from '../tx.ts'
import { refreshLane } from './lanes.ts'

/** The scope of a pause: the whole queue, a gateway, or a device. */
export interface PauseScope {
  readonly device?: string | undefined
  readonly gateway?: string | undefined
}

export interface Pause extends PauseScope {
  readonly since: number
}

/** Limit of reported pauses; there may be as many as devices. */
const maxReported = 100

/**
 * Stores a pause, which holds over restarts. Commands in progress are completed, as half a command is worse than a late
 * one; times to live keep running.
 */
export function pauseQueue(tx: Tx, { now, ...scope }: PauseScope & { readonly now: number }): Pause[] {
  const sql = 'INSERT INTO pause (scope, since) VALUES (?, ?) ON CONFLICT (scope) DO NOTHING'
  const { changes } = tx.run(sql, keyOf(scope), now)
  // The same request again is no event.
  if (changes > 0) tx.emit(happening('queue_paused', { ...scope }))
  if (scope.device !== undefined) refreshLane(tx, keyOf(scope), now)
  return pauses(tx)
}

/** Ends this pause and no other, and rings for what may be sent now. */
export function resumeQueue(tx: Tx, { now, ...scope }: PauseScope & { readonly now: number }): Pause[] {
  const { changes } = tx.run('DELETE FROM pause WHERE scope = ?', keyOf(scope))
  if (changes > 0) tx.emit(happening('queue_resumed', { ...scope }))
  if (scope.device !== undefined) refreshLane(tx, keyOf(scope), now)
  tx.ring('outbox')
  return pauses(tx)
}

/** All pauses, the widest first. */
export function pauses(tx: Tx): Pause[] {
  return tx
    .all<{ scope: string; since: number }>('SELECT scope, since FROM pause ORDER BY scope LIMIT ?', maxReported)
    .map(({ scope, since }) => ({ ...scopeOf(scope), since }))
}

/** Whether this gateway claims nothing new. */
export function isPaused(tx: Tx, gateway: string): boolean {
  return tx.one(`SELECT 1 FROM pause WHERE scope IN ('', ?)`, keyOf({ gateway })) !== undefined
}

/** Removes the pause of a removed device, so that a new one of its name is not paused. */
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
