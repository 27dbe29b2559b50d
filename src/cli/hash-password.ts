import { hashPassword } from '../config/password.ts'
import { type CliContext, exitCodes } from './context.ts'
import { readPassword } from './read-password.ts'

/** `hash-password`: reads a password from standard input and prints its hash for the configuration. */
export async function printHash(context: CliContext): Promise<number> {
  const password = await readPassword(context)
  if (password === '') {
    context.stderr.write('smshub: no password on standard input\n')
    return exitCodes.usage
  }
  context.stdout.write(`${await hashPassword(password)}\n`)
  return exitCodes.ok
}
