import { Gateway as GatewayRow } from '../../src/config/gateway-config.ts'
import { decodeSmpp } from '../../src/gateway/smpp/decode-smpp.ts'
import { makeSmpp, type SmppConfig } from '../../src/gateway/smpp/make-smpp.ts'
import type { SmppGateway } from '../../src/gateway/smpp/smpp-gateway.ts'
import type { Incoming } from '../../src/message/incoming.ts'
import type { Segment } from '../../src/message/segment.ts'
import { testClock as clock } from './world.ts'

const gateways: SmppGateway[] = []
/** Ends those that were started here: for `afterEach`. */
export async function stopClients(): Promise<void> {
  for (const gateway of gateways.splice(0)) await gateway.stop()
}

export interface SmppClient {
  readonly gateway: SmppGateway
  readonly received: Incoming[]
}

/** The client of an SMSC without a hub. */
export function smppClient(port: number, keys: object = {}): SmppClient {
  const account = { host: '127.0.0.1', port, system_id: 'hub', password: 'secret' }
  const row = GatewayRow.parse({ type: 'smpp', ...account, ...keys }) as SmppConfig
  const gateway = makeSmpp('carrier', row, { clock })
  gateways.push(gateway)
  const received: Incoming[] = []
  gateway.start({
    received: async ({ body }) => {
      received.push(decodeSmpp(body))
    },
    deleted: () => undefined,
    changed: () => undefined,
    called: () => undefined,
    log: () => undefined,
  })
  return { gateway, received }
}

export const segmentTo = (to: string, text = 'Hi@€'): Segment => ({
  id: 'cmd_1.0.1',
  to,
  content: { alphabet: 'gsm7', text },
  concat: null,
  validitySeconds: 300,
  report: true,
  messageClass: null,
})

export const go = async () => 'go' as const
