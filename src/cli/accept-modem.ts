import { type LoadOptions, loadConfig } from '../config/load.ts'
import { type CliContext, exitCodes } from './context.ts'
import { request } from './control.ts'

/** `modem accept`: another modem or SIM is right. What waited for it goes out. */
export async function acceptModem(context: CliContext, gateway: string, load: LoadOptions): Promise<number> {
  const { dataFolder } = loadConfig(load)
  const { accepted } = await request<{ accepted: string }>(dataFolder, 'gateway/accept', { gateway })
  context.stdout.write(`${accepted}\n`)
  return exitCodes.ok
}
