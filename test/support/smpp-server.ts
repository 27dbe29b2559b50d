import { hashPassword } from '../../src/config/password.ts'
import type { HubOptions } from '../../src/hub/hub-options.ts'
import type { SimulatedSmsc } from '../../src/simulator/smsc/simulated-smsc.ts'
import { freePort } from './folder.ts'
import { type SmppWorld, smppHub, smscWith } from './smpp-hub.ts'

let hash: Promise<string> | null = null
/** Of the password of every client here. */
export const secret = (): Promise<string> => {
  hash ??= hashPassword('secret12')
  return hash
}

export interface ServerWorld extends SmppWorld {
  /** Where clients bind. */
  readonly smpp: number
  /** What the hub sends through. */
  readonly smsc: SimulatedSmsc
}

export interface ServerOptions extends Partial<Omit<HubOptions, 'config'>> {
  /** Keys of the user `acme`. */
  readonly keys?: string
  /** Of the gateway. */
  readonly gateway?: string
  readonly users?: string
  /** Further keys of the section, indented. */
  readonly section?: string
  readonly more?: string
  readonly folder?: string
  readonly smsc?: SimulatedSmsc
  readonly port?: number
}

/** A hub to which clients bind, with an account at an SMSC to send through. */
export async function smppServer({
  keys = '',
  gateway = '',
  users = '',
  section: others = '',
  more = '',
  smsc: known,
  port,
  ...options
}: ServerOptions = {}): Promise<ServerWorld> {
  const smsc = known ?? (await smscWith())
  const smpp = port ?? (await freePort())
  const section = `smppserver:
  listen: 127.0.0.1:${smpp}
${others}
  users:
    acme: { password: "${await secret()}", ${keys.includes('recipients') ? '' : 'recipients: any, '}${keys} }
${users}
${more}`
  return { ...(await smppHub(smsc.port, gateway, { ...options, more: section })), smpp, smsc }
}
