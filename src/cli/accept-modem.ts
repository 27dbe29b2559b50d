import { type LoadOptions, loadConfig } from '../config/load.ts'
import { type CliContext, exitCodes } from './context.ts'
import { request } from './control.ts'

/** `modem accept`: accepts another modem or SIM. Waiting messages are sent. */
export async function acceptModem(context: CliContext, gateway: string, load: LoadOptions): Promise<number> {
  const { dataFolder } = loadConfig(load)
  const { accepted } = await request<{ accepted: string }>(dataFolder, 'gateway/accept', { gateway })
  context.stdout.write(`${accepted}\n`)
  return exitCodes.ok
}
