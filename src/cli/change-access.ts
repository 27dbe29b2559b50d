import { loadConfig } from '../config/load.ts'
import { Fault } from '../message/fault.ts'
import { type CliContext, exitCodes } from './context.ts'
import { request } from './control.ts'
import { readPassword } from './read-password.ts'
import type { RunOptions } from './run.ts'
import { tableLines } from './table-lines.ts'

export interface AddedUser {
  readonly role: string
  readonly device?: readonly string[]
  readonly command?: readonly string[]
}

export interface AddedKey extends Partial<AddedUser> {
  readonly scope?: readonly string[]
  readonly perHour?: string
  readonly expires?: string
  readonly network?: readonly string[]
}

interface Shown {
  readonly role: string | null
  readonly devices: readonly string[] | null
  readonly commands: readonly string[] | null
}

interface Key extends Shown {
  readonly id: string
  readonly label: string
  readonly scopes: readonly string[] | null
  readonly expires_at: string | null
  readonly last_used_at: string | null
}

interface User extends Shown {
  readonly name: string
  readonly removable: boolean
  readonly sessions: number
}

/** `keys list`. */
export async function listKeys(context: CliContext, json: boolean, options: RunOptions): Promise<number> {
  const { keys } = await ask<{ keys: readonly Key[] }>('key/list', {}, options)
  const rows = keys.map((key) => [
    key.id,
    key.label,
    limitsOf(key),
    key.scopes?.join(' ') ?? 'all',
    key.expires_at ?? 'never',
    key.last_used_at ?? 'never',
  ])
  print(context, json, keys, [['id', 'label', 'role', 'scopes', 'expires', 'last used'], ...rows])
  return exitCodes.ok
}

/** `keys add`: the key is on standard output, what it is on standard error. */
export async function addKey(
  context: CliContext,
  label: string,
  chosen: AddedKey,
  options: RunOptions,
): Promise<number> {
  const {
    role,
    scope: scopes,
    device: devices,
    command: commands,
    perHour: per_hour,
    expires,
    network: networks,
  } = chosen
  const wanted = { label, role, scopes, devices, commands, per_hour, expires, networks }
  return show(context, await ask('key/add', wanted, options))
}

/** `keys rotate`. */
export async function rotateKey(
  context: CliContext,
  id: string,
  overlap: string,
  options: RunOptions,
): Promise<number> {
  return show(context, await ask('key/rotate', { id, overlap }, options))
}

function show({ stdout, stderr }: CliContext, { id, key }: { id: string; key: string }): number {
  stderr.write(`the key ${id}, which is shown this once:\n`)
  stdout.write(`${key}\n`)
  return exitCodes.ok
}

/** `users list`. */
export async function listUsers(context: CliContext, json: boolean, options: RunOptions): Promise<number> {
  const { users } = await ask<{ users: readonly User[] }>('user/list', {}, options)
  const rows = users.map((user) => [
    user.name,
    limitsOf(user),
    String(user.sessions),
    user.removable ? 'added' : 'smshub.yaml',
  ])
  print(context, json, users, [['name', 'role', 'sessions', 'from'], ...rows])
  return exitCodes.ok
}

/** `users add`. */
export async function addUser(
  context: CliContext,
  name: string,
  { role, device: devices, command: commands }: AddedUser,
  options: RunOptions,
): Promise<number> {
  const password = await given(context)
  return change(context, 'user/add', { name, password, role, devices, commands }, options)
}

/** `users password`. */
export async function setPassword(context: CliContext, name: string, options: RunOptions): Promise<number> {
  const password = await given(context)
  return change(context, 'user/password', { name, password }, options)
}

/** A change without an answer. */
export async function change(
  _context: CliContext,
  path: string,
  data: Readonly<Record<string, unknown>>,
  options: RunOptions,
): Promise<number> {
  await ask(path, data, options)
  return exitCodes.ok
}

const ask = <T>(path: string, data: Readonly<Record<string, unknown>>, options: RunOptions): Promise<T> =>
  request<T>(loadConfig(options).dataFolder, path, data)

async function given(context: CliContext): Promise<string> {
  const password = await readPassword(context)
  if (password === '') throw new Fault('invalid_payload', 'no password on standard input')
  return password
}

const limitsOf = ({ role, devices, commands }: Shown): string =>
  [role ?? 'none', ...(devices === null ? [] : [`of ${devices.join(', ')}`]), ...(commands ?? [])].join(' ')

function print(
  { stdout, stderr }: CliContext,
  json: boolean,
  documents: readonly unknown[],
  [header = [], ...rows]: readonly (readonly string[])[],
): void {
  if (json) for (const one of documents) stdout.write(`${JSON.stringify(one)}\n`)
  else if (rows.length === 0) stderr.write('there is none\n')
  else
    for (const line of tableLines(
      [...header],
      rows.map((row) => [...row]),
    ))
      stdout.write(`${line}\n`)
}
