import { type LoadOptions, loadConfig } from '../config/load.ts'
import { type CliContext, exitCodes } from './context.ts'
import { askDesk } from './control.ts'

/** `modem accept`: another modem or SIM is right. What waited for it goes out. */
export async function acceptModem(context: CliContext, gateway: string, load: LoadOptions): Promise<number> {
  const said = await askDesk<string>(loadConfig(load).dataFolder, 'gateway/accept', { gateway })
  context.stdout.write(`${said}\n`)
  return exitCodes.ok
}
