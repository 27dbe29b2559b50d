import type { CarrierApi } from '../carrier/carrier-api.ts'
import { carrierNames, carrierOf } from '../config/carriers.ts'
import type { LoadOptions } from '../config/load.ts'
import { Fault } from '../message/fault.ts'
import { calmCarrier, carrierFaults } from '../simulator/carrier/carrier-behaviour.ts'
import { carriageTo, joinCarrier } from '../simulator/carrier/carrier-carriage.ts'
import { SimulatedCarrier } from '../simulator/carrier/simulated-carrier.ts'
import { type CliContext, exitCodes, obeyLines } from './context.ts'
import { placeOf, readBehaviour, readFaults, servedNetwork } from './served-network.ts'

export interface CarrierSimulation {
  /** A file of `src/gateway/http/carriers`, without its end. */
  readonly carrier: string
  readonly listen: string
  readonly number: string
  /** `user:secret` */
  readonly account: string
  readonly webhook?: string
  readonly signingSecret?: string
  readonly seed: string
}

const usage = `Commands on the standard input:
  text <from> <text>        a text for the client
  webhook <url>             where texts go; smshub gateway doctor shows the address of a hub
  fault <name> [times]      what happens to the next requests: ${Object.keys(carrierFaults).join(', ')}
  behave <json>             change how it behaves, e.g. {"answerMs":[100,2000],"webhookTimes":3,"faults":{"silence":0.1}}
`

/** An address to call. Fails with `invalid_payload`. */
function addressOf(from: string, text: string): string {
  if (/^https?:\/\/./.test(text) && URL.canParse(text)) return text
  throw new Fault('invalid_payload', `${from} ${text}: must be a URL, as smshub gateway doctor shows it`)
}

/** The gateway of a hub that uses it, for its configuration. */
function rowFor(
  carrier: SimulatedCarrier,
  api: CarrierApi & { readonly requires: readonly string[] },
  options: CarrierSimulation,
): string {
  const [user = '', secret = ''] = options.account.split(/:(.*)/s)
  const others = api.requires.filter((name) => !['user', 'secret', 'sender'].includes(name))
  const keys = {
    type: 'http',
    carrier: options.carrier,
    base: carrier.base,
    ...(user !== '' && { user }),
    secret,
    sender: options.number,
    ...(api.signature.scheme === 'ed25519' && { signing_secret: carrier.publicKey }),
    ...(others.length > 0 && { account: Object.fromEntries(others.map((name) => [name, 'any'])) }),
  }
  return `gateways: { carrier: ${JSON.stringify(keys)} }`
}

/**
 * `simulate --carrier`: the HTTP interface of a carrier for any client, as its file describes it. With a configuration,
 * its devices are in the network behind it and answer by their profiles; texts to anybody else are delivered.
 */
export async function simulateCarrier(
  context: CliContext,
  options: CarrierSimulation,
  load: LoadOptions,
): Promise<number> {
  const { stdout, stderr } = context
  const api = carrierOf(options.carrier, carrierNames())
  const [, user, secret] = /^([^:]*):(.+)$/.exec(options.account) ?? []
  if (user === undefined || secret === undefined)
    throw new Fault('invalid_payload', `--account ${options.account}: must be user:secret`)
  const webhook = options.webhook === undefined ? null : addressOf('--webhook', options.webhook)
  const { clock, network, devices } = servedNetwork(context.clock, options.seed, load)
  const { host, port } = placeOf(options.listen)
  const carrier = new SimulatedCarrier({
    clock,
    api,
    account: { user, secret, signingSecret: options.signingSecret ?? secret },
    carry: carriageTo(network, options.number),
    note: (kind, detail) => stdout.write(`${JSON.stringify({ kind, ...detail })}\n`),
  })
  carrier.webhook = webhook
  joinCarrier(network, options.number, carrier)
  await carrier.listen(host, port)
  stderr.write(
    `${api.name} on ${carrier.base}, ${options.number}, ${devices} devices in the network\n${rowFor(carrier, api, options)}\n${usage}`,
  )
  try {
    await obeyLines(context, (line) => obey(carrier, line))
    return exitCodes.ok
  } finally {
    await carrier.close()
  }
}

function obey(carrier: SimulatedCarrier, line: string): void {
  const [verb = '', first = '', ...rest] = line.split(' ')
  switch (verb) {
    case 'text':
      return carrier.text(first, rest.join(' '))
    case 'webhook':
      carrier.webhook = addressOf('webhook', first)
      return
    case 'fault':
      carrier.next.push(...readFaults([first, ...rest], carrierFaults, usage))
      return
    case 'behave':
      return carrier.change(readBehaviour(line.slice(verb.length), calmCarrier, { faults: carrierFaults }))
    default:
      throw new Fault('invalid_payload', usage)
  }
}
