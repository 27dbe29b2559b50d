import * as z from 'zod'
import type { Person } from '../access/roster.ts'
import type { Asker } from '../message/accepted.ts'
import { Fault } from '../message/fault.ts'
import { isoTime } from '../message/result.ts'
import { type Action, may, type Rights, roles } from '../message/rights.ts'
import { didYouMean } from '../util/nearest.ts'
import { id, orScalar } from './inputs.ts'
import { assertKnown, narrowing } from './key-operations.ts'
import { type ApiDeps, notOverMqtt, operation } from './operation.ts'
import { nothing } from './outputs.ts'
import { assertWanted, digestOf } from './revision.ts'

const minLength = 10

const name = z
  .string()
  .regex(/^[\p{L}\p{N}._@-]{1,64}$/u, { error: 'must be letters, digits, and . _ @ -, at most 64' })
const password = z.string().max(1_024, { error: 'may have at most 1024 characters' })
const newPassword = password.refine((text) => [...text].length >= minLength, {
  error: `must have at least ${minLength} characters`,
})
const time = z.iso.datetime()

export const listedUser = z.strictObject({
  name: z.string(),
  role: z.enum(roles).nullable(),
  devices: z.array(z.string()).nullable(),
  commands: z.array(z.string()).nullable(),
  /** False for a user of smshub.yaml, who is changed there. */
  removable: z.boolean(),
  created_at: time.nullable(),
  password_changed_at: time.nullable(),
  sessions: z.number().int(),
  revision: z.string(),
})

export const openSession = z.strictObject({
  id: z.string(),
  user: z.string(),
  started_at: time,
  last_used_at: time,
  address: z.string(),
  agent: z.string(),
  secure: z.boolean(),
})

/** What everybody with a role may do. */
const anybody = (): Action => ({ act: 'see_hub' })

/** Users of the HTTP interface and its page, and their sessions. */
export const userOperations = {
  'user/list': operation({
    summary: 'users with a password: those of smshub.yaml, and those that were added while the hub ran',
    surfaces: notOverMqtt,
    input: z.strictObject({}),
    output: z.strictObject({ users: z.array(listedUser) }),
    run: async (_data, deps) => ({ users: deps.access.keeper.people.map((person) => shown(person, deps)) }),
  }),
  'user/get': operation({
    summary: 'a user with a password',
    surfaces: notOverMqtt,
    input: orScalar('name', z.strictObject({ name })),
    output: listedUser,
    async run({ name: user }, deps) {
      const { people } = deps.access.keeper
      const person = people.find((one) => one.name === user)
      if (person !== undefined) return shown(person, deps)
      const names = people.map((one) => one.name)
      throw new Fault('not_found', `there is no user "${user}"${didYouMean(user, names)}`)
    },
  }),
  'user/add': operation({
    summary: 'add a user of the HTTP interface and its page; the first one must be an admin',
    surfaces: notOverMqtt,
    input: z.strictObject({ name, password: newPassword, role: z.enum(roles), ...narrowing }),
    output: z.strictObject({ name: z.string() }),
    async run({ name: user, password: given, role, devices, commands }, { access, fleet }, asker) {
      assertKnown({ devices, commands }, fleet)
      await access.keeper.addUser(user, given, { role, devices, commands }, asker.name)
      return { name: user }
    },
  }),
  'user/update': operation({
    summary: 'change the rights of a user; null for devices or commands ends that restriction',
    surfaces: notOverMqtt,
    input: z.strictObject({
      name,
      role: z.enum(roles).optional(),
      devices: narrowing.devices.nullable(),
      commands: narrowing.commands.nullable(),
      confirm: name.optional(),
      revision: z.string().max(64).optional(),
    }),
    output: z.strictObject({ name: z.string() }),
    async run({ name: user, confirm, revision = null, ...change }, deps, asker) {
      const { access, fleet } = deps
      assertKnown({ devices: change.devices ?? undefined, commands: change.commands ?? undefined }, fleet)
      const changed = (before: Person): Rights => {
        assertWanted(`user ${user}`, revisionOf(before, deps), revision)
        const { role, devices, commands } = before.rights
        return {
          role: change.role ?? role,
          devices: change.devices === null ? undefined : (change.devices ?? devices),
          commands: change.commands === null ? undefined : (change.commands ?? commands),
        }
      }
      await access.keeper.updateUser(user, changed, confirm, asker.name)
      return { name: user }
    },
  }),
  'user/password': operation({
    // Of one's own, whatever the role is; the operation asks for more for those of others.
    action: anybody,
    summary: 'set another password, which ends the sessions of the user; a user’s own one needs the old password',
    surfaces: notOverMqtt,
    input: z.strictObject({ name, password: newPassword, old_password: password.optional() }),
    output: nothing,
    async run({ name: user, password: given, old_password: old }, deps, asker) {
      if (isOwn(user, asker)) await assertPassword(user, old ?? '', deps)
      else assertManages(asker, `set the password of "${user}"`)
      await deps.access.keeper.changePassword(user, given, asker.name)
      return {}
    },
  }),
  'user/remove': operation({
    summary: 'remove a user and end the sessions; keys that the user made stay',
    surfaces: notOverMqtt,
    input: z.strictObject({ name, confirm: name.optional() }),
    output: nothing,
    async run({ name: user, confirm }, { access }, asker) {
      await access.keeper.removeUser(user, confirm, asker.name)
      return {}
    },
  }),
  'session/list': operation({
    action: anybody,
    summary: 'open sessions: of everybody for an admin, else one’s own',
    surfaces: notOverMqtt,
    input: z.strictObject({}),
    output: z.strictObject({ sessions: z.array(openSession) }),
    async run(_data, { access }, asker) {
      const seen = access.keeper.logIns.filter(({ user }) => manages(asker) || isOwn(user, asker))
      const sessions = seen.map(({ id: name, user, startedAt, usedAt, address, agent, secure }) => {
        return { id: name, user, started_at: isoTime(startedAt), last_used_at: isoTime(usedAt), address, agent, secure }
      })
      return { sessions }
    },
  }),
  'session/end': operation({
    action: anybody,
    summary: 'end a session: any of them for an admin, else one’s own',
    surfaces: notOverMqtt,
    input: z.strictObject({ id }),
    output: nothing,
    async run({ id: name }, { access }, asker) {
      const found = access.keeper.logIns.find((one) => one.id === name)
      // Those of others are unknown to who may not see them.
      if (found === undefined || !(manages(asker) || isOwn(found.user, asker)))
        throw new Fault('not_found', `there is no session "${name}"; session/list has those that there are`)
      await access.keeper.endSession(name, asker.name)
      return {}
    },
  }),
}

/** The same for as long as nobody changes the rights. */
const revisionOf = ({ name: user, rights, row }: Person, deps: ApiDeps): string => {
  const { role, devices, commands } = rights
  return digestOf([user, row?.createdAt ?? null, role, devices ?? null, commands ?? null], deps)
}

function shown(person: Person, deps: ApiDeps): z.input<typeof listedUser> {
  const { name: user, rights, row } = person
  return {
    name: user,
    role: rights.role ?? null,
    devices: rights.devices === undefined ? null : [...rights.devices],
    commands: rights.commands === undefined ? null : [...rights.commands],
    removable: row !== null,
    created_at: row && isoTime(row.createdAt),
    password_changed_at: row && isoTime(row.changedAt),
    sessions: deps.access.keeper.logIns.filter((one) => one.user === user).length,
    revision: revisionOf(person, deps),
  }
}

const isOwn = (user: string, asker: Asker): boolean => asker.surface === 'http' && asker.name === `user:${user}`
const manages = ({ rights }: Asker): boolean => rights === null || may(rights, { act: 'administer' })

function assertManages(asker: Asker, what: string): void {
  if (!manages(asker)) throw new Fault('not_allowed', `${asker.name} is not allowed to ${what}`)
}

/** Guesses by means of an open session count apart from log-ins: they lock nobody out. */
async function assertPassword(user: string, old: string, { access, now }: ApiDeps): Promise<void> {
  const guess = { name: user, password: old, address: `a session of ${user}`, isGone: () => false }
  const found = await access.prover.check(guess)
  if (!('refused' in found)) return
  if (found.refused === 'rate_limited')
    throw new Fault('rate_limited', found.detail, { frees_at: isoTime(now() + (found.retryAfter ?? 0) * 1_000) })
  throw new Fault('not_allowed', 'user/password.old_password: is not the password')
}
