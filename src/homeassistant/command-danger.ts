import { commandsOf, type Device } from '../device/device.ts'

/** Why a command, or one of its steps, is dangerous; null when none is. */
export function dangerOf(device: Device, name: string): string | null {
  const commands = commandsOf(device)
  const command = commands[name]
  const steps = command?.steps?.flatMap((step) => commands[step.command]?.danger ?? []) ?? []
  return command?.danger ?? steps[0] ?? null
}
