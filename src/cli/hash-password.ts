import { createInterface } from 'node:readline/promises'
import { hashPassword } from '../config/password.ts'
import { type CliContext, exitCodes } from './context.ts'

/** `hash-password`: reads a password from the standard input and prints what goes into the configuration. */
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
    stderr.write('smshub: there was no password on the standard input\n')
    return exitCodes.usage
  }
  stdout.write(`${await hashPassword(password)}\n`)
  return exitCodes.ok
}
