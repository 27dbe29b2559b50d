import { join } from 'node:path'
import type { LoadOptions } from '../config/load.ts'
import { draftProfile } from '../device/draft/draft-profile.ts'
import { readPattern } from '../device/draft/read-pattern.ts'
import { Fault } from '../message/fault.ts'
import { type CliContext, exitCodes, linesOf } from './context.ts'
import { ownFolder } from './profile-files.ts'
import { dataOutput } from './terminal.ts'

/**
 * `devices new [text...]`: a draft profile on standard output. Standard input has one text per line; if there are texts
 * of several lines, an empty line follows each text.
 */
export async function newProfile(context: CliContext, given: readonly string[], load: LoadOptions): Promise<number> {
  const [name = ''] = given
  if (given.length === 1 && /^[a-z0-9-]+\/[a-z0-9-]+$/.test(name))
    throw new Fault(
      'invalid_config',
      `"${name}" is the name of a profile, not a text of the device: give its texts, and save the output under that name`,
    )
  const texts = given.length > 0 ? given : await pastedIn(context)
  if (texts.length === 0)
    throw new Fault('invalid_config', 'paste the texts of the device, one per line, or with an empty line after each')
  dataOutput(context.stdout).write(draftProfile(texts, readPattern))
  context.stderr.write(
    `save it as ${join(ownFolder(load) ?? '<data>/devices', '<manufacturer>', '<family>.yaml')}; smshub devices try <manufacturer>/<family> "<text>" shows its values\n`,
  )
  return exitCodes.ok
}

async function pastedIn({ stdin }: CliContext): Promise<string[]> {
  const texts: string[][] = [[]]
  for await (const line of linesOf(stdin)) {
    if (line.trim() === '') texts.push([])
    else texts.at(-1)?.push(line)
  }
  const [only = [], ...more] = texts
  return more.length === 0 ? only : texts.filter((lines) => lines.length > 0).map((lines) => lines.join('\n'))
}
