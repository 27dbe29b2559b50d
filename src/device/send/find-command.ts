import { Fault } from '../../message/fault.ts'
import { didYouMean } from '../../util/nearest.ts'
import { own } from '../../util/own.ts'
import { commandsOf, type Device, mayUse } from '../device.ts'
import type { Command } from '../schema/command.ts'

/** The command of a name, or of a former name, if the device has it and may use it. */
export function findCommand(device: Device, name: string): { key: string; command: Command } {
  const { commands } = device.dialect
  const key =
    own(commands, name) === undefined
      ? Object.keys(commands).find((other) => commands[other]?.was.includes(name))
      : name
  const row = key === undefined ? undefined : own(commands, key)
  if (key === undefined || row === undefined) throw unknownCommand(device, name)
  if (!Object.hasOwn(commandsOf(device), key)) {
    const needs = Object.entries(row.when).map(([setting, values]) => `${setting}: ${values.join(' or ')}`)
    throw refused(key, `${key} exists only with ${needs.join(', ')} in the settings of ${device.id}`)
  }
  if (!mayUse(device, row)) {
    throw refused(
      key,
      `no manual proves ${key} of ${device.profile.id}; "unproven: true" on device ${device.id} allows it`,
    )
  }
  return { key, command: row }
}

const refused = (command: string, message: string): Fault => new Fault('not_allowed', message, { command })

function unknownCommand(device: Device, name: string): Fault {
  const commands = Object.keys(commandsOf(device))
  const list = commands.length === 0 ? '' : ` (it has ${commands.join(', ')})`
  const message = `${device.id} has no command "${name}"${didYouMean(name, commands)}${list}`
  return new Fault('unknown_command', message, { command: name, commands })
}
