import { createInterface } from 'node:readline/promises'
import { hashPassword } from '../config/password.ts'
import { type CliContext, exitCodes } from './context.ts'

/** `hash-password`: reads a password from standard input and prints its hash for the configuration. */
export async function printHash({ stdin, stdout, stderr }: CliContext): Promise<number> {
  if ((stdin as { isTTY?: boolean }).isTTY === true) stderr.write('password: ')
  const lines = createInterface({ input: stdin })
  let password = ''
  for await (const line of lines) {
    password = line
    break
  }
  lines.close()
  if (password === '') {
    stderr.write('smshub: no password on standard input\n')
    return exitCodes.usage
  }
  stdout.write(`${await hashPassword(password)}\n`)
  return exitCodes.ok
}
