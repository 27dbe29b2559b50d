import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { type LoadOptions, loadConfig } from '../config/load.ts'
import { Fault } from '../message/fault.ts'
import { escapedLines } from '../util/escape.ts'
import { type CliContext, exitCodes } from './context.ts'
import { request } from './control.ts'

/** What a profile of a device's own messages is for. */
export interface HeadingOptions {
  readonly manufacturer?: string
  readonly family?: string
  readonly kind?: string
}

export interface ContributeOptions extends HeadingOptions {
  readonly profile?: string
  /** Folder of the repository. */
  readonly write?: string
}

interface Contribution {
  readonly files: readonly { readonly path: string; readonly text: string }[]
  readonly left_out: number
}

/** `devices contribute <id>`: shows texts and rules with everything personal replaced; with --write it writes them. */
export async function contribute(
  { stdout, stderr, cwd }: CliContext,
  id: string,
  { write, ...chosen }: ContributeOptions,
  load: LoadOptions,
): Promise<number> {
  const { files, left_out: left } = await request<Contribution>(loadConfig(load).dataFolder, 'device/contribution', {
    id,
    ...chosen,
  })
  for (const { path, text } of files) {
    stdout.write(`# ${path}\n${escapedLines(text)}\n`)
    if (write !== undefined) keep(resolve(cwd, write, path), text)
  }
  if (left > 0) stderr.write(`${left} texts are left out: nobody can read them, or not without what was replaced\n`)
  stderr.write(
    write === undefined
      ? 'numbers, places, names and codes are replaced; read it, and write it into your copy of the repository with --write <folder>\n'
      : `written below ${write}\n`,
  )
  return exitCodes.ok
}

function keep(file: string, text: string): void {
  try {
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, text, { flag: 'wx' })
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    const way =
      code === 'EEXIST' ? 'it exists already: add the lines to it by hand, or write to another folder' : message
    throw new Fault('invalid_config', `${file} can't be written: ${way}`, { file }, error)
  }
}

/** `devices profile <id> <profile>`: the rules of a device as a profile of its own. */
export async function makeProfile(
  { stdout }: CliContext,
  id: string,
  profile: string,
  chosen: HeadingOptions,
  load: LoadOptions,
): Promise<number> {
  const { file } = await request<{ file: string }>(loadConfig(load).dataFolder, 'device/profile', {
    id,
    profile,
    ...chosen,
  })
  stdout.write(`${id} has the profile ${profile} now, in ${file}; further devices of its kind can have it, too\n`)
  return exitCodes.ok
}
