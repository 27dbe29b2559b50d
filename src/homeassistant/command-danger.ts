import { commandsOf, type Device } from '../device/device.ts'

/** Why a command is dangerous, be it for one of its steps; null when it is not. */
export function dangerOf(device: Device, name: string): string | null {
  const commands = commandsOf(device)
  const command = commands[name]
  const steps = command?.steps?.flatMap((step) => commands[step.command]?.danger ?? []) ?? []
  return command?.danger ?? steps[0] ?? null
}
