import type { LoadOptions } from '../config/load.ts'
import { Fault } from '../message/fault.ts'
import { dialects, type ReceiptDialect } from '../simulator/smsc/receipt-dialects.ts'
import { SimulatedSmsc } from '../simulator/smsc/simulated-smsc.ts'
import { calmSmsc, submitFaults } from '../simulator/smsc/smsc-behaviour.ts'
import { carriageOf, join } from '../simulator/smsc/smsc-carriage.ts'
import { inBackground } from '../util/background.ts'
import { type CliContext, exitCodes, obeyLines } from './context.ts'
import { placeOf, readBehaviour, readFaults, servedNetwork } from './served-network.ts'

export interface SmscSimulation {
  readonly listen: string
  readonly number: string
  /** `system_id:password` */
  readonly account: string
  readonly dialect: string
  readonly seed: string
}

const usage = `Commands on the standard input:
  text <from> <text>        a text for the client
  fault <name> [times]      what happens to the next submissions: ${Object.keys(submitFaults).join(', ')}
  behave <json>             change how it behaves, e.g. {"window":5,"answerMs":[100,2000],"faults":{"silence":0.1}}
  cut, unbind, restart      what happens to connections
`

/**
 * `simulate --smsc`: an SMSC for any SMPP client. With a configuration, its devices are in the network behind it and
 * answer by their profiles; texts to anybody else are delivered.
 */
export async function simulateSmsc(context: CliContext, options: SmscSimulation, load: LoadOptions): Promise<number> {
  const { stdout, stderr } = context
  const { clock, network, devices } = servedNetwork(context.clock, options.seed, load)
  const { host, port } = placeOf(options.listen)
  const [, id, password] = /^([!-9;-~]{1,15}):([ -~]{0,8})$/.exec(options.account) ?? []
  if (id === undefined || password === undefined)
    throw new Fault(
      'invalid_payload',
      `--account ${options.account}: must be system_id:password, at most 15 and 8 characters`,
    )
  if (!Object.hasOwn(dialects, options.dialect))
    throw new Fault(
      'invalid_payload',
      `there is no dialect ${options.dialect}; there is ${Object.keys(dialects).join(', ')}`,
    )
  const smsc = new SimulatedSmsc({
    clock,
    accounts: { [id]: password },
    behaviour: { dialect: options.dialect as ReceiptDialect },
    carry: carriageOf(network, options.number),
    note: (kind, detail) => stdout.write(`${JSON.stringify({ kind, ...detail })}\n`),
  })
  join(network, options.number, smsc)
  await smsc.listen(host, port)
  stderr.write(`SMSC on ${smsc.host}:${smsc.port}, ${options.number}, ${devices} devices in the network\n${usage}`)
  try {
    await obeyLines(context, (line) => obey(smsc, options.number, line, stderr))
    return exitCodes.ok
  } finally {
    await smsc.close()
  }
}

/** Time that a restart takes. */
const awayMs = 2_000

function obey(smsc: SimulatedSmsc, number: string, line: string, stderr: CliContext['stderr']): unknown {
  const [verb = '', first = '', ...rest] = line.split(' ')
  switch (verb) {
    case 'text':
      // Acknowledged whenever a client is there.
      return inBackground(
        () => smsc.text(first, number, rest.join(' ')),
        ({ message }) => stderr.write(`${message}\n`),
      )
    case 'fault':
      return smsc.next.push(...readFaults([first, ...rest], submitFaults, usage))
    case 'behave':
      return smsc.change(
        readBehaviour(line.slice(verb.length), calmSmsc, { faults: submitFaults, names: { dialect: dialects } }),
      )
    case 'cut':
      return smsc.cut()
    case 'unbind':
      return smsc.unbind()
    case 'restart':
      return smsc.restart(awayMs)
    default:
      throw new Fault('invalid_payload', usage)
  }
}
