import * as z from 'zod'
import type { WantedKey } from '../access/keeper.ts'
import { commandNames } from '../config/users.ts'
import type { Fleet } from '../fleet/fleet.ts'
import type { ApiKey } from '../ledger/access/access-rows.ts'
import { Fault } from '../message/fault.ts'
import { isoTime } from '../message/result.ts'
import { type Rights, roles } from '../message/rights.ts'
import { type Scope, scopeNames } from '../message/scopes.ts'
import { didYouMean } from '../util/nearest.ts'
import { isNetwork } from '../util/networks.ts'
import { id, orScalar } from './inputs.ts'
import { type ApiDeps, deviceOf, notOverMqtt, operation } from './operation.ts'
import { nothing } from './outputs.ts'
import { assertWanted, digestOf } from './revision.ts'
import { spanMs } from './spans.ts'

const names = z.array(id).min(1).max(500)
const scope = z.enum(scopeNames as [Scope, ...Scope[]])
const time = z.iso.datetime()
/** How long a key that was replaced stays valid where nothing else is asked for: programs change over one by one. */
const overlap = '24h'

const perHour = z.coerce.number().int().min(1).max(1_000_000)
const label = z.string().min(1).max(64)
const scopeList = z.array(scope).min(1).max(scopeNames.length)
const expires = z.string().max(40)
const networks = z
  .array(z.string().refine(isNetwork, { error: 'must be an address or a network, like 192.168.1.5 or 10.0.0.0/8' }))
  .min(1)
  .max(50)

/** Rights, as devices and commands that they are narrowed to. */
export const narrowing = { devices: names.optional(), commands: names.optional() }

export const shownKey = z.strictObject({
  id: z.string(),
  label: z.string(),
  role: z.enum(roles).nullable(),
  devices: z.array(z.string()).nullable(),
  commands: z.array(z.string()).nullable(),
  /** The only scopes; null for all of its role. */
  scopes: z.array(scope).nullable(),
  per_hour: z.number().int().nullable(),
  networks: z.array(z.string()).nullable(),
  made_by: z.string(),
  created_at: time,
  expires_at: time.nullable(),
  is_expired: z.boolean(),
  last_used_at: time.nullable(),
  revision: z.string(),
})
/** With the key itself, which is shown this once. */
export const madeKey = shownKey.extend({ key: z.string() })

/** What of a key can be changed; null ends that restriction. */
export const keyChanges = {
  label: label.optional(),
  role: z.enum(roles).optional(),
  scopes: scopeList.nullable().optional(),
  devices: narrowing.devices.nullable(),
  commands: narrowing.commands.nullable(),
  per_hour: perHour.nullable().optional(),
  expires: expires.nullable().optional(),
  networks: networks.nullable().optional(),
  confirm: id.optional(),
}

/** Keys of programs that use the HTTP interface. */
export const keyOperations = {
  'key/list': operation({
    summary: 'keys of the HTTP interface, the oldest first, without their secrets',
    surfaces: notOverMqtt,
    input: z.strictObject({}),
    output: z.strictObject({ keys: z.array(shownKey) }),
    run: async (_data, deps) => ({ keys: deps.access.keeper.keys.map((key) => shown(key, deps)) }),
  }),
  'key/get': operation({
    summary: 'a key of the HTTP interface, without its secret',
    surfaces: notOverMqtt,
    input: orScalar('id', z.strictObject({ id })),
    output: shownKey,
    run: async ({ id: key }, deps) => shown(deps.access.keeper.key(key), deps),
  }),
  'key/add': operation({
    summary: 'make a key for a program; the answer shows it this once. Name a role, scopes, or both',
    surfaces: notOverMqtt,
    input: z
      .strictObject({
        label,
        role: z.enum(roles).optional(),
        scopes: scopeList.optional(),
        ...narrowing,
        per_hour: perHour.optional(),
        expires: expires.optional(),
        networks: networks.optional(),
      })
      .refine(({ role, scopes }) => role !== undefined || scopes !== undefined, {
        error: 'name a role, scopes, or both: a key is not for everything unless it is asked for',
      }),
    output: madeKey,
    async run({ role, scopes, devices, commands, ...given }, deps, asker) {
      const { access, fleet, now } = deps
      assertKnown({ devices, commands }, fleet)
      const wanted = {
        label: given.label,
        // Where scopes are named, they are the limit.
        rights: { role: role ?? 'admin', devices, commands },
        scopes: scopes ?? null,
        perHour: given.per_hour ?? null,
        networks: given.networks ?? null,
        expiresAt: given.expires === undefined ? null : expiryOf('key/add', given.expires, now()),
      } as const
      const { key, text } = await access.keeper.addKey(wanted, asker.name)
      return { ...shown(key, deps), key: text }
    },
  }),
  'key/update': operation({
    summary: 'change what a key may do, from now on and for streams that are open; null ends a restriction',
    surfaces: notOverMqtt,
    input: z
      .strictObject({ id, ...keyChanges, revision: z.string().max(64).optional() })
      .refine(({ role, scopes }) => scopes !== null || role !== undefined, {
        path: ['scopes'],
        error: 'name the role, too: without scopes the key is for all of it',
      }),
    output: shownKey,
    async run({ id: key, confirm, revision = null, ...change }, deps, asker) {
      const wanted = (old: ApiKey) => {
        assertWanted(`key ${key}`, revisionOf(old, deps), revision)
        return changedKey(old, change, deps)
      }
      return shown(await deps.access.keeper.changeKey(key, wanted, confirm, asker.name), deps)
    },
  }),
  'key/rotate': operation({
    summary: 'replace a key by another one with the same limits; the old one stays valid for a while, 24h by default',
    surfaces: notOverMqtt,
    input: z.strictObject({
      id,
      overlap: z
        .string()
        .refine((text) => text === '0' || spanMs(text) !== null, { error: 'must be a span of time like 12h, or 0' })
        .default(overlap),
    }),
    output: madeKey,
    async run({ id: old, overlap: span }, deps, asker) {
      const { key, text } = await deps.access.keeper.rotateKey(old, spanMs(span) ?? 0, asker.name)
      return { ...shown(key, deps), key: text }
    },
  }),
  'key/remove': operation({
    summary: 'remove a key, which is refused from then on',
    surfaces: notOverMqtt,
    input: orScalar('id', z.strictObject({ id, confirm: id.optional() })),
    output: nothing,
    async run({ id: key, confirm }, { access }, asker) {
      await access.keeper.removeKey(key, confirm, asker.name)
      return {}
    },
  }),
}

type Changes = Omit<z.output<z.ZodObject<typeof keyChanges>>, 'confirm'>

/** What is not named stays. */
function changedKey(old: ApiKey, change: Changes, { fleet, now }: ApiDeps): WantedKey {
  const kept = <T>(given: T | null | undefined, before: T | null): T | null => (given === undefined ? before : given)
  const rights = {
    role: change.role ?? old.rights.role,
    devices: kept(change.devices, old.rights.devices ?? null) ?? undefined,
    commands: kept(change.commands, old.rights.commands ?? null) ?? undefined,
  }
  // Devices that were removed keep nobody from changing something else.
  if (change.devices !== undefined || change.commands !== undefined) assertKnown(rights, fleet)
  return {
    label: change.label ?? old.label,
    rights,
    scopes: kept(change.scopes, old.scopes),
    perHour: kept(change.per_hour, old.perHour),
    networks: kept(change.networks, old.networks),
    expiresAt: kept(
      typeof change.expires === 'string' ? expiryOf('key/update', change.expires, now()) : change.expires,
      old.expiresAt,
    ),
  }
}

/** The same for as long as nobody changes what it may do: its use is no change. */
const revisionOf = (key: ApiKey, deps: ApiDeps): string => {
  const { id: own, label: name, createdAt, rights, scopes, perHour: quota, networks: from, expiresAt } = key
  const { role = null, devices = null, commands = null } = rights
  return digestOf([own, name, createdAt, role, devices, commands, scopes, quota, from, expiresAt], deps)
}

function shown(key: ApiKey, deps: ApiDeps): z.input<typeof shownKey> {
  const { role = null, devices = null, commands = null } = key.rights
  return {
    id: key.id,
    label: key.label,
    role,
    devices: devices && [...devices],
    commands: commands && [...commands],
    scopes: key.scopes && [...key.scopes],
    per_hour: key.perHour,
    networks: key.networks && [...key.networks],
    made_by: key.madeBy,
    created_at: isoTime(key.createdAt),
    expires_at: key.expiresAt === null ? null : isoTime(key.expiresAt),
    is_expired: key.expiresAt !== null && key.expiresAt <= deps.now(),
    last_used_at: key.usedAt === null ? null : isoTime(key.usedAt),
    revision: revisionOf(key, deps),
  }
}

/** A misspelt name would make a key that is good for nothing. */
export function assertKnown({ devices, commands }: Pick<Rights, 'devices' | 'commands'>, fleet: Fleet): void {
  const theirs = devices === undefined ? [...fleet.devices.values()] : devices.map((name) => deviceOf(name, fleet))
  const known = new Set(theirs.flatMap(commandNames))
  const strange = commands?.find((name) => !known.has(name))
  if (strange === undefined) return
  const meant = didYouMean(strange, known) || `; there is ${[...known].join(', ') || 'none'}`
  throw new Fault('unknown_command', `none of the devices has a command "${strange}"${meant}`, { command: strange })
}

function expiryOf(operation: string, text: string, now: number): number {
  const span = spanMs(text)
  const at = span !== null ? now + span : /^\d{4}-\d\d-\d\d/.test(text) ? Date.parse(text) : Number.NaN
  if (at > now) return at
  const words = Number.isNaN(at) ? 'must be a span like 90d or a time like 2027-12-24' : 'must be in the future'
  throw new Fault('invalid_payload', `${operation}.expires: ${words}`)
}
