import type { Gateway } from '../../src/gateway/gateway.ts'
import type { HubOptions } from '../../src/hub/hub-options.ts'
import { carrierDecoders } from './carrier.ts'
import { freePort, temporaryFolder } from './folder.ts'
import { type StartedHub, startHub } from './hub.ts'
import { TestClient } from './mqtt-client.ts'
import { testClock as clock } from './world.ts'

const cleanUp: (() => unknown)[] = []
/** Ends everything that was started here: for `afterEach`. */
export async function stopAll(): Promise<void> {
  for (const undo of cleanUp.splice(0).reverse()) await undo()
}

/** The number of the person with this index. */
export const numberOf = (i: number) => `+4915155${String(i).padStart(6, '0')}`

interface CarrierOptions extends Partial<HubOptions> {
  readonly folder?: string
  /** Of each gateway, and of the configuration. */
  readonly keys?: string
  readonly more?: string
  /** Beside `client_per_hour`. */
  readonly limits?: string
  /** The client has a session that is kept, and sees the texts; true unless given. */
  readonly watches?: boolean
}

export interface CarrierWorld extends StartedHub {
  readonly client: TestClient
  /** Publishes texts with these numbers, each to somebody else, and answers when all are acknowledged. */
  send(from: number, until: number): Promise<void>
}

/** A hub whose gateways are these, whatever its configuration says of them, and a client that sees its texts. */
export async function hubWith(
  gateways: Readonly<Record<string, Gateway>>,
  { folder = temporaryFolder(), keys = '', more = '', limits = '', watches = true, ...options }: CarrierOptions = {},
): Promise<CarrierWorld> {
  const port = await freePort()
  const rows = Object.keys(gateways).map((id) => `  ${id}: { type: modem, path: none, limits: { day: none }${keys} }`)
  const yaml = `mqtt: { broker: { listen: 127.0.0.1:${port} } }
gateways:\n${rows.join('\n')}
limits: { client_per_hour: none${limits} }
sms: { destinations: any }
http: { enabled: false }
${more}`
  const started = await startHub(yaml, {
    clock,
    folder,
    decoders: carrierDecoders,
    makeGateway: (id) => gateways[id] as Gateway,
    ...options,
  })
  cleanUp.push(() => started.hub.stop())
  // What ends while nobody is connected is delivered all the same.
  const session = { clientId: 'watcher', clean: !watches }
  const client = await TestClient.connect(`mqtt://127.0.0.1:${port}`, session, watches ? 'smshub/sms/#' : '')
  if (watches) await client.client.subscribeAsync('smshub/bridge/event', { qos: 1 })
  cleanUp.push(() => client.close())
  const send = async (from: number, until: number) => {
    const publishes = Array.from({ length: until - from }, (_, i) =>
      client.publish('smshub/sms/send', { id: `id ${from + i}`, to: numberOf(from + i), text: `text ${from + i}` }),
    )
    await Promise.all(publishes)
  }
  return { ...started, client, send }
}
