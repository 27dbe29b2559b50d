import type { HubOptions } from '../../src/hub/hub-options.ts'
import { SimulatedSmsc, type SmscOptions } from '../../src/simulator/smsc/simulated-smsc.ts'
import type { SmscBehaviour } from '../../src/simulator/smsc/smsc-behaviour.ts'
import { freePort } from './folder.ts'
import { type StartedHub, startHub } from './hub.ts'
import { TestClient } from './mqtt-client.ts'
import { testClock as clock } from './world.ts'

const cleanUp: (() => unknown)[] = []
/** Ends everything that was started here: for `afterEach`. */
export async function stopAll(): Promise<void> {
  for (const undo of cleanUp.splice(0).reverse()) await undo()
}

export async function smscWith(
  behaviour: Partial<SmscBehaviour> = {},
  options: Partial<SmscOptions> = {},
): Promise<SimulatedSmsc> {
  const smsc = await new SimulatedSmsc({ clock, accounts: { hub: 'secret' }, behaviour, ...options }).listen()
  cleanUp.push(() => smsc.close())
  return smsc
}

export interface SmppWorld extends StartedHub {
  readonly client: TestClient
  /** Publishes a text to somebody. */
  send(id: string, to?: string, text?: string): Promise<void>
  /** The statuses of a text, in their order. */
  statuses(id: string): string[]
  /** The state of the gateway that was published last. */
  state(): Record<string, unknown>
}

/** A hub with an account at an SMSC, and a client that sees everything. */
export async function smppHub(
  port: number,
  keys = '',
  { folder, more = '', ...options }: Partial<HubOptions> & { folder?: string; more?: string } = {},
): Promise<SmppWorld> {
  const mqtt = await freePort()
  const row = `type: smpp, host: 127.0.0.1, port: ${port}, system_id: hub, password: secret, limits: { day: none }`
  const yaml = `mqtt: { broker: { listen: 127.0.0.1:${mqtt} } }
gateways: { carrier: { ${row}${keys} } }
limits: { client_per_hour: none }
sms: { destinations: any }
http: { enabled: false }
${more}`
  const started = await startHub(yaml, { clock, ...(folder !== undefined && { folder }), ...options })
  cleanUp.push(() => started.hub.stop())
  const client = await TestClient.connect(`mqtt://127.0.0.1:${mqtt}`, { clientId: 'watcher', clean: false }, 'smshub/#')
  cleanUp.push(() => client.close())
  return {
    ...started,
    client,
    async send(id, to = '+4915155000001', text = `text ${id}`) {
      await client.publish('smshub/sms/send', { id, to, text })
    },
    statuses: (id) =>
      client.received.flatMap(({ topic, json }) =>
        topic === 'smshub/sms/status' && json.client_id === id ? [String(json.status)] : [],
      ),
    state: () => client.received.findLast(({ topic }) => topic === 'smshub/gateway/carrier')?.json ?? {},
  }
}
