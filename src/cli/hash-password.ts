import { randomInt } from 'node:crypto'
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

/** Without those that look like others. */
const characters = 'abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789'
/** SMPP 3.4 clause 4.1.1: `password` has room for so many. */
const smppLength = 8

/** `hash-password --smpp`: chooses a password for `smppserver.users`, and prints it and its hash. */
export async function printSmppPassword(context: CliContext): Promise<number> {
  const password = Array.from({ length: smppLength }, () => characters[randomInt(characters.length)]).join('')
  context.stdout.write(`${password}\n${await hashPassword(password)}\n`)
  return exitCodes.ok
}
