import * as z from 'zod'
import { id } from '../../api/inputs.ts'
import { keyChanges, keyOperations, madeKey, narrowing, shownKey } from '../../api/key-operations.ts'
import { listedUser, openSession } from '../../api/user-operations.ts'
import { roles } from '../../message/rights.ts'
import type { Route } from '../route.ts'

const named = z.object({ id })
const user = z.object({ name: z.string().min(1).max(64) })
const Key = shownKey.meta({ id: 'Key' })
const MadeKey = madeKey.meta({ id: 'MadeKey' })
const User = listedUser.meta({ id: 'User' })
const UserName = z.object({ name: z.string() }).meta({ id: 'UserName' })
const confirm = z.strictObject({ confirm: z.string().max(64).optional() })
const nothing = z.object({})
const own = { tag: 'access', scope: 'hub:manage' } as const

/** A list that has one page. */
const whole = (item: z.ZodType, name: string) =>
  z.object({ data: z.array(item), next_cursor: z.null() }).meta({ id: name })
const pageOf = (key: string) => (answer: Readonly<Record<string, unknown>>) => ({
  data: answer[key],
  next_cursor: null,
})

/** Keys, users and sessions. */
export const accessRoutes: readonly Route[] = [
  {
    ...own,
    method: 'GET',
    path: '/keys',
    name: 'listKeys',
    operation: 'key/list',
    shows: pageOf('keys'),
    answer: whole(Key, 'KeyList'),
  },
  {
    ...own,
    method: 'POST',
    path: '/keys',
    name: 'addKey',
    operation: 'key/add',
    body: keyOperations['key/add'].input,
    status: 201,
    location: ({ id: key }) => `/keys/${key}`,
    answer: MadeKey,
  },
  {
    ...own,
    method: 'GET',
    path: '/keys/:id',
    name: 'getKey',
    operation: 'key/get',
    params: named,
    revision: 'shows',
    answer: Key,
  },
  {
    ...own,
    method: 'PATCH',
    path: '/keys/:id',
    name: 'updateKey',
    operation: 'key/update',
    params: named,
    revision: 'changes',
    body: z.strictObject(keyChanges),
    answer: Key,
  },
  {
    ...own,
    method: 'POST',
    path: '/keys/:id/rotate',
    name: 'rotateKey',
    operation: 'key/rotate',
    params: named,
    body: z.strictObject({ overlap: z.string().optional() }).optional(),
    status: 201,
    location: ({ id: key }) => `/keys/${key}`,
    answer: MadeKey,
  },
  {
    ...own,
    method: 'DELETE',
    path: '/keys/:id',
    name: 'removeKey',
    operation: 'key/remove',
    params: named,
    query: confirm,
    status: 204,
    answer: nothing,
  },
  {
    ...own,
    method: 'GET',
    path: '/users',
    name: 'listUsers',
    operation: 'user/list',
    shows: pageOf('users'),
    answer: whole(User, 'UserList'),
  },
  {
    ...own,
    method: 'POST',
    path: '/users',
    name: 'addUser',
    operation: 'user/add',
    body: z.strictObject({ name: z.string(), password: z.string(), role: z.enum(roles), ...narrowing }),
    status: 201,
    location: ({ name }) => `/users/${encodeURIComponent(String(name))}`,
    answer: UserName,
  },
  {
    ...own,
    method: 'GET',
    path: '/users/:name',
    name: 'getUser',
    operation: 'user/get',
    params: user,
    revision: 'shows',
    answer: User,
  },
  {
    ...own,
    method: 'PATCH',
    path: '/users/:name',
    name: 'updateUser',
    operation: 'user/update',
    params: user,
    revision: 'changes',
    body: z.strictObject({
      role: z.enum(roles).optional(),
      devices: narrowing.devices.nullable(),
      commands: narrowing.commands.nullable(),
      confirm: z.string().optional(),
    }),
    answer: UserName,
  },
  {
    ...own,
    method: 'POST',
    path: '/users/:name/password',
    name: 'setPassword',
    operation: 'user/password',
    params: user,
    body: z.strictObject({ password: z.string(), old_password: z.string().optional() }),
    status: 204,
    answer: nothing,
  },
  {
    ...own,
    method: 'DELETE',
    path: '/users/:name',
    name: 'removeUser',
    operation: 'user/remove',
    params: user,
    query: confirm,
    status: 204,
    answer: nothing,
  },
  {
    ...own,
    method: 'GET',
    path: '/sessions',
    name: 'listSessions',
    operation: 'session/list',
    shows: pageOf('sessions'),
    answer: whole(openSession.meta({ id: 'Session' }), 'SessionList'),
  },
  {
    ...own,
    method: 'DELETE',
    path: '/sessions/:id',
    name: 'endSession',
    operation: 'session/end',
    params: named,
    status: 204,
    answer: nothing,
  },
]
