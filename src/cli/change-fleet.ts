import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { type LoadOptions, loadConfig } from '../config/load.ts'
import { readTable, writeTable } from '../fleet/csv.ts'
import type { DeviceRow } from '../fleet/fleet.ts'
import { Fault } from '../message/fault.ts'
import { type CliContext, exitCodes, wholeOf } from './context.ts'
import { request } from './control.ts'
import { dataOutput } from './terminal.ts'

/** Options of a device on the command line. */
export interface DeviceOptions {
  readonly profile?: string
  readonly variant?: string
  readonly dialect?: string
  readonly number?: readonly string[]
  readonly name?: string
  readonly gateway?: string
  readonly set?: readonly string[]
  readonly unset?: readonly string[]
}

const keys = ['profile', 'variant', 'dialect', 'number', 'name', 'gateway'] as const

/** `devices add <id>`: stored by the hub, with the same effect as in smshub.yaml. */
export async function addDevice(
  { stdout }: CliContext,
  id: string,
  options: DeviceOptions,
  load: LoadOptions,
): Promise<number> {
  await request(loadConfig(load).dataFolder, 'device/add', { ...rowOf(options), id })
  const next =
    options.profile?.startsWith('generic/') === true
      ? `smshub devices learn ${id} makes rules of the texts that it has sent`
      : `smshub devices setup ${id} makes it accept the hub`
  stdout.write(`${id} is added; ${next}\n`)
  return exitCodes.ok
}

/** `devices update <id>`: changes the given keys only. */
export async function updateDevice(
  { stdout }: CliContext,
  id: string,
  options: DeviceOptions,
  load: LoadOptions,
): Promise<number> {
  const gone = Object.fromEntries((options.unset ?? []).filter((key) => !key.includes('.')).map((key) => [key, null]))
  const settings = (options.unset ?? []).flatMap((key) => (key.startsWith('settings.') ? [key.slice(9)] : []))
  const row = rowOf(options)
  const change = {
    ...row,
    ...gone,
    ...(settings.length > 0 && {
      settings: { ...(row.settings as object), ...Object.fromEntries(settings.map((name) => [name, null])) },
    }),
  }
  if (Object.keys(change).length === 0) throw new Fault('invalid_config', 'nothing to change: see --help')
  await request(loadConfig(load).dataFolder, 'device/update', { ...change, id })
  stdout.write(`${id} is changed\n`)
  return exitCodes.ok
}

export async function removeDevices(
  { stdout }: CliContext,
  ids: readonly string[],
  load: LoadOptions,
): Promise<number> {
  await request(loadConfig(load).dataFolder, 'device/remove', { ids })
  stdout.write(`${ids.join(', ')}: removed\n`)
  return exitCodes.ok
}

/** `devices import <csv>`: all of the table or nothing; existing devices are changed. */
export async function importDevices(context: CliContext, file: string, load: LoadOptions): Promise<number> {
  const text = file === '-' ? await wholeOf(context.stdin) : contents(resolve(context.cwd, file))
  const devices = readTable(text)
  const rows = [...devices].map(([id, row]) => ({ ...row, id }))
  await request(loadConfig(load).dataFolder, 'device/import', { devices: rows })
  context.stdout.write(`${devices.size} devices imported\n`)
  return exitCodes.ok
}

/** `devices export`: the stored devices, secrets included, as a table for `import`. */
export async function exportDevices({ stdout }: CliContext, load: LoadOptions): Promise<number> {
  const { devices } = await request<{ devices: (DeviceRow & { id: string })[] }>(
    loadConfig(load).dataFolder,
    'device/export',
  )
  dataOutput(stdout).write(writeTable(Object.fromEntries(devices.map(({ id, ...row }) => [id, row]))))
  return exitCodes.ok
}

function rowOf(options: DeviceOptions): Record<string, unknown> {
  const row: Record<string, unknown> = Object.fromEntries(
    keys.flatMap((key) => (options[key] === undefined ? [] : [[key, options[key]]])),
  )
  const settings = (options.set ?? []).map((pair) => {
    const at = pair.indexOf('=')
    if (at < 1) throw new Fault('invalid_config', `--set takes <setting>=<value>, not "${pair}"`)
    return [pair.slice(0, at), pair.slice(at + 1)]
  })
  return settings.length === 0 ? row : { ...row, settings: Object.fromEntries(settings) }
}

function contents(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    throw new Fault('invalid_config', `${path} can't be read: ${(error as Error).message}`, { file: path }, error)
  }
}
