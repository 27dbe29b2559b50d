import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { stringify } from 'yaml'
import { installed } from './brokers.ts'
import { temporaryFolder } from './folder.ts'

/** Whether Debian's promtool is there; it comes in the package prometheus. */
export const hasPromtool = () => installed('promtool', ['--version'])

/** What promtool has against it: empty when nothing. */
export function promtool(args: readonly string[], input = ''): string {
  const { status, stdout, stderr } = spawnSync('promtool', [...args], { input, encoding: 'utf8' })
  return status === 0 ? '' : `${stdout}${stderr}` || `promtool ended with ${status}`
}

/** The same of a document, as a file of YAML. */
export function promtoolOn(args: readonly string[], document: object): string {
  const file = join(temporaryFolder(), 'document.yml')
  writeFileSync(file, stringify(document))
  return promtool([...args, file])
}

/** A line of the text format: `name{labels} value`. */
export interface Sample {
  readonly name: string
  readonly labels: string
  readonly value: string
}

export function samplesOf(text: string): Sample[] {
  return [...text.matchAll(/^([a-z][\w]*)(?:\{(.*)\})? (\S+)$/gm)].map(([, name = '', labels = '', value = '']) => ({
    name,
    labels,
    value,
  }))
}
