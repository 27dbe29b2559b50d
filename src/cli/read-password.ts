import { createInterface } from 'node:readline/promises'
import type { CliContext } from './context.ts'

/** The first line of standard input; empty without one. */
export async function readPassword({ stdin, stderr }: CliContext): Promise<string> {
  if ((stdin as { isTTY?: boolean }).isTTY === true) stderr.write('password: ')
  const lines = createInterface({ input: stdin })
  let password = ''
  for await (const line of lines) {
    password = line
    break
  }
  lines.close()
  return password
}
