import * as z from 'zod'
import { roles } from '../message/rights.ts'
import { scopeNames } from '../message/scopes.ts'
import type { DescribedRoute } from './described-route.ts'

const secret = z.string().max(1_024)
export const LogIn = z.strictObject({ name: z.string().min(1).max(256), password: secret }).meta({ id: 'LogIn' })
export const NewPassword = z.strictObject({ old_password: secret, password: secret }).meta({ id: 'NewPassword' })

const names = z.array(z.string()).nullable()
const Caller = z
  .object({
    name: z.string(),
    via: z.string(),
    role: z.enum(roles).nullable(),
    devices: names,
    commands: names,
    scopes: z.array(z.enum(scopeNames as [string, ...string[]])).nullable(),
    per_hour: z.number().nullable(),
  })
  .meta({ id: 'Caller' })

const Session = z
  .object({
    caller: Caller.nullable(),
    password_needed: z.boolean(),
    hint: z.string().nullable(),
    admin_needed: z.string().nullable().optional(),
  })
  .meta({ id: 'SessionState' })
const LoggedIn = z.object({ caller: Caller }).meta({ id: 'LoggedIn' })
const Ticket = z.object({ ticket: z.string(), expires_in: z.int() }).meta({ id: 'EventTicket' })

const session = { path: '/session', tag: 'access', isOpen: true } as const

/** Routes of HTTP itself, which render no operation: who makes requests, and how a browser proves it. */
export const ownRoutes: readonly DescribedRoute[] = [
  {
    ...session,
    method: 'GET',
    name: 'getSession',
    summary: 'who makes this request, and whether a password is needed',
    description: 'Anybody may ask.',
    answers: { 200: Session },
  },
  {
    ...session,
    method: 'POST',
    name: 'logIn',
    summary: 'begin a session with a password: the answer sets its cookie',
    description: 'Anybody may try. Wrong passwords are slowed down.',
    body: LogIn,
    answers: { 200: LoggedIn },
  },
  {
    ...session,
    method: 'DELETE',
    name: 'logOut',
    summary: 'end the session of this request',
    description: 'Whoever has none is answered alike.',
    answers: { 204: null },
  },
  {
    method: 'POST',
    path: '/session/password',
    name: 'changePassword',
    tag: 'access',
    summary: 'change the own password, which ends the other sessions',
    description: 'Needs a session.',
    body: NewPassword,
    answers: { 200: LoggedIn },
  },
  {
    method: 'POST',
    path: '/events/ticket',
    name: 'makeEventTicket',
    tag: 'events',
    summary: 'a ticket for one stream of events, for clients that can send no header: GET /v1/events?ticket=…',
    description: 'Needs the scope events:read.',
    answers: { 201: Ticket },
  },
]
