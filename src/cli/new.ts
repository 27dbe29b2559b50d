import { draftProfile } from '../device/draft.ts'
import { parseProfile } from '../device/profile.ts'
import { readText } from '../device/read.ts'
import { sampleDevice } from '../device/sample.ts'
import { Fault } from '../message/fault.ts'
import { type CliContext, exitCodes, linesOf } from './context.ts'
import { dataOutput } from './terminal.ts'

/**
 * `devices new [text...]`: a profile to start from, on the standard output. Texts of several lines come on the standard
 * input, with an empty line between two.
 */
export async function newProfile(context: CliContext, given: readonly string[]): Promise<number> {
  const texts = given.length > 0 ? given : await pastedIn(context)
  if (texts.length === 0) throw new Fault('invalid_config', 'paste the texts of the device, an empty line between two')
  dataOutput(context.stdout).write(draftProfile(texts, read))
  context.stderr.write(
    'save it as <data>/devices/<maker>/<family>.yaml; smshub devices try <file> "<text>" shows what it reads\n',
  )
  return exitCodes.ok
}

async function pastedIn({ stdin }: CliContext): Promise<string[]> {
  const texts: string[][] = [[]]
  for await (const line of linesOf(stdin)) {
    if (line.trim() === '') texts.push([])
    else texts.at(-1)?.push(line)
  }
  return texts.filter((lines) => lines.length > 0).map((lines) => lines.join('\n'))
}

const head = {
  format: '1',
  revision: '1',
  manufacturer: 'Unknown',
  family: 'Device',
  kind: 'generic',
}

/** What a pattern reads in a text; null when it can't be one, or does not fit. */
function read(pattern: string, text: string): object | null {
  try {
    const profile = parseProfile('new/device', { ...head, messages: { message: { text: pattern } } })
    const [reading] = readText(sampleDevice(profile, '', {}), text, { receivedAt: null, scts: null })
    return reading?.values ?? null
  } catch {
    return null
  }
}
