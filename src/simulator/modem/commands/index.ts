import type { CommandTable } from '../equipment/command-table.ts'
import { callCommands } from './calls.ts'
import { equipmentCommands } from './equipment-commands.ts'
import { identityCommands } from './identity-commands.ts'
import { networkCommands } from './network-commands.ts'
import { rememberedCommands } from './remembered.ts'
import { simCommands } from './sim.ts'
import { smsSendCommands } from './sms-send.ts'
import { smsSettingsCommands } from './sms-settings.ts'
import { smsStorageCommands } from './sms-storage.ts'
import { v250Commands } from './v250.ts'

/** Every command of the simulated modem. */
export const commands: CommandTable = {
  ...rememberedCommands,
  ...v250Commands,
  ...identityCommands,
  ...simCommands,
  ...networkCommands,
  ...equipmentCommands,
  ...callCommands,
  ...smsSettingsCommands,
  ...smsStorageCommands,
  ...smsSendCommands,
}
