import type { HubEvent } from '../../message/hub-event.ts'
import { isoTime } from '../../message/result.ts'
import type { Value, Values } from '../../message/values.ts'
import { emitNews, emitUnlessKnown, latestOf, withdraw } from '../events/latest.ts'
import { forgetPause } from '../lanes/pause.ts'
import { document } from '../rows.ts'
import { upsert } from '../sql.ts'
import type { Tx } from '../tx.ts'
import { type HeardWords, learnWords } from './dialects.ts'
import { signOfLife } from './presence.ts'
import { forgetTrust } from './sources.ts'

/** A change of a device's state by a text or an accepted command. */
export interface StateChange {
  readonly device: string
  readonly values: Values
  /** The latest time at which the network accepted it; newer values are kept. */
  readonly at: number
  /** The device's own time of it: of two such times, its clock decides. */
  readonly ownAt?: number | null
  readonly seenAt: number
  /** When it was received, if it is read only now: it was a sign of life then. */
  readonly receivedAt?: number
  /** All fields of the profile: unknown ones are published as null. */
  readonly fields: readonly string[]
  /** What the text shows of the device's dialect. */
  readonly words?: HeardWords | null
}

interface DeviceRow {
  readonly state: string
  readonly times: string
  readonly events: string
  readonly learned: string
  readonly dialects: string | null
  readonly last_seen: number | null
}

/** Values of the position, in order. */
const locationFields = ['latitude', 'longitude', 'gps_accuracy', 'altitude', 'speed', 'course', 'fix_time', 'fix']

/** Time of a field: by the network, and by the device if it reports its own time. */
type FieldTime = number | readonly [at: number, ownAt: number | null]

/** The stored time of a field, never ahead of now: a formerly wrong clock must not block true values. */
function timesOf(time: FieldTime | undefined, now: number): { readonly at: number; readonly ownAt: number | null } {
  const [at, ownAt] = typeof time === 'object' ? time : [time ?? 0, null]
  return { at: Math.min(at, now), ownAt: ownAt === null ? null : Math.min(ownAt, now) }
}

/** Merges newer values into the state of a device and emits it. Returns whether any value was older than known. */
export function changeState(tx: Tx, change: StateChange): { delayed: boolean } {
  const row = deviceRow(tx, change.device)
  const state: Record<string, Value> = document(row.state)
  const times: Record<string, FieldTime> = document(row.times)
  const at = Math.min(change.at, change.seenAt)
  const ownAt = change.ownAt ?? null
  let delayed = false
  let moved = false
  for (const [field, value] of Object.entries(change.values)) {
    const known = timesOf(times[field], change.seenAt)
    if (known.ownAt !== null && ownAt !== null ? ownAt < known.ownAt : at < known.at) {
      delayed = true
      continue
    }
    state[field] = value
    times[field] = ownAt === null && known.ownAt === null ? at : [at, ownAt ?? known.ownAt]
    if (field === 'latitude' || field === 'longitude') moved = true
  }
  // The last known position of a device without a fix is part of its state, but not its location.
  moved &&= change.values.fix !== false
  if (moved && change.values.fix === undefined && state.fix === false) state.fix = true
  const seen = change.receivedAt === undefined ? change.seenAt : Math.max(row.last_seen ?? 0, change.receivedAt)
  tx.run(
    'UPDATE device SET state = ?, times = ?, dialects = ?, last_seen = ? WHERE id = ?',
    JSON.stringify(state),
    JSON.stringify(times),
    change.words ? learnWords(tx, change.device, row.dialects, change.words, seen) : row.dialects,
    seen,
    change.device,
  )
  tx.emit({ kind: 'state', subject: change.device, data: stateOf(state, change.fields, seen) })
  if (moved) emitLocation(tx, change.device, state)
  if (change.receivedAt === undefined) signOfLife(tx, change.device, state)
  return { delayed }
}

/** Contains every field of the profile, so that templates find all names. */
export function stateOf(state: Values, fields: readonly string[], seen: number | null): Values {
  const all: Record<string, Value> = {}
  for (const field of fields) all[field] = null
  Object.assign(all, state)
  all.last_seen = seen === null || seen === 0 ? null : isoTime(seen)
  return all
}

function emitLocation(tx: Tx, device: string, state: Values): void {
  if (typeof state.latitude !== 'number' || typeof state.longitude !== 'number') return
  if (Math.abs(state.latitude) > 90) return
  const location: Record<string, Value> = {}
  for (const field of locationFields) if (state[field] !== undefined) location[field] = state[field]
  tx.emit({ kind: 'location', subject: device, data: location })
}

/** Retention of alarms for detecting repetitions. */
const maxRepeatMs = 86_400_000

/**
 * Whether an alarm is new, or a repetition within `repeatsMs`. Stores it. `alarm` begins with its event.
 */
export function isNewEvent(tx: Tx, device: string, alarm: string, repeatsMs: number, at: number): boolean {
  if (repeatsMs === 0) return true
  const last = noteEvent(tx, device, alarm, at)
  return last === undefined || at - last > repeatsMs || at < last
}

/** Stores that it has happened; answers when it was the time before. */
export function noteEvent(tx: Tx, device: string, event: string, at: number): number | undefined {
  const events: Record<string, number> = document(deviceRow(tx, device).events)
  const kept = Object.entries(events).filter(([, time]) => at - time < maxRepeatMs)
  setEvents(tx, device, { ...Object.fromEntries(kept), [event]: at })
  return events[event]
}

/** The alarm has ended: the next one is new, whatever its subject. */
export function endEvent(tx: Tx, device: string, event: string): void {
  const events: Record<string, number> = document(deviceRow(tx, device).events)
  const others = Object.entries(events).filter(([alarm]) => alarm.split(' ')[0] !== event)
  if (others.length < Object.keys(events).length) setEvents(tx, device, Object.fromEntries(others))
}

function setEvents(tx: Tx, device: string, events: Readonly<Record<string, number>>): void {
  tx.run('UPDATE device SET events = ? WHERE id = ?', JSON.stringify(events), device)
}

export function deviceRow(tx: Tx, id: string): DeviceRow {
  const find = () =>
    tx.one<DeviceRow>('SELECT state, times, events, learned, dialects, last_seen FROM device WHERE id = ?', id)
  const row = find()
  if (row !== undefined) return row
  addDevice(tx, id)
  return find() as DeviceRow
}

const addDevice = (tx: Tx, id: string) =>
  tx.run(`INSERT INTO device (id, state, times, events, learned) VALUES (?, '{}', '{}', '{}', '{}')`, id)

/** The known values of a device. */
export function deviceState(tx: Tx, { device }: { device: string }): Values {
  const row = tx.one<{ state: string }>('SELECT state FROM device WHERE id = ?', device)
  return row === undefined ? {} : document(row.state)
}

/**
 * At start: gives every device a state with its known values, and removes those that no longer exist. There may be
 * many, of which nearly all are as they were: what is known of all is read at once.
 */
export function announceDevices(
  tx: Tx,
  { devices }: { devices: readonly { readonly id: string; readonly fields: readonly string[] }[] },
): void {
  const present = new Set(devices.map((device) => device.id))
  const rows = tx.all<KnownValues & { id: string }>('SELECT id, state, last_seen FROM device')
  for (const { id } of rows) if (!present.has(id)) leave(tx, id)
  const known = new Map(rows.map((row) => [row.id, row]))
  const leaving = new Set(tx.all<{ device: string }>('SELECT device FROM leaving').map(({ device }) => device))
  const states = latestOf(tx, 'state')
  for (const { id, fields } of devices) {
    if (leaving.has(id)) announceDevice(tx, id, fields)
    else {
      if (!known.has(id)) addDevice(tx, id)
      emitUnlessKnown(tx, stateEvent(id, fields, known.get(id)), states.get(id))
    }
  }
}

type KnownValues = Pick<DeviceRow, 'state' | 'last_seen'>

/** Nothing is known of a new one. */
function stateEvent(
  id: string,
  fields: readonly string[],
  { state, last_seen }: KnownValues = { state: '{}', last_seen: null },
): HubEvent<'state'> {
  return { kind: 'state', subject: id, data: stateOf(document(state), fields, last_seen) }
}

/** Lasting events of a device. */
const ownKinds = ['state', 'availability', 'location'] as const

export function announceDevice(tx: Tx, id: string, fields: readonly string[]): void {
  if (tx.run('DELETE FROM leaving WHERE device = ?', id).changes > 0) withdraw(tx, ownKinds, id)
  emitNews(tx, stateEvent(id, fields, deviceRow(tx, id)))
}

/**
 * A device was removed. Its states remain until `clearLeaving`, after its announcements are withdrawn.
 */
export function leave(tx: Tx, id: string): void {
  tx.run('DELETE FROM device WHERE id = ?', id)
  forgetTrust(tx, id)
  tx.run(upsert('leaving', ['device'], []), id)
  forgetPause(tx, id)
}

/** Withdraws the states of removed devices: of one, or of all. */
export function clearLeaving(tx: Tx, { device: only }: { device?: string }): void {
  const leaving = tx.all<{ device: string }>(
    'SELECT device FROM leaving WHERE ? IS NULL OR device = ?',
    only ?? null,
    only ?? null,
  )
  for (const { device } of leaving) {
    withdraw(tx, ownKinds, device)
    tx.run('DELETE FROM leaving WHERE device = ?', device)
  }
}
