import type { Gateway } from '../gateway/gateway.ts'
import type { Reply } from '../gateway/modem/channel.ts'
import { examine, type Finding } from '../gateway/modem/doctor.ts'
import { Fault } from '../message/fault.ts'

/** What the command line may ask of the gateways of a running hub. */
export class GatewayDesk {
  readonly #gateways: ReadonlyMap<string, Gateway>

  constructor(gateways: ReadonlyMap<string, Gateway>) {
    this.#gateways = gateways
  }

  /** `gateway/states`, and `gateway/at`, `gateway/trace` and `gateway/doctor` of one gateway. */
  async ask(verb: string, { gateway, text }: Readonly<Record<string, unknown>>): Promise<unknown> {
    const id = String(gateway ?? '')
    switch (verb) {
      case 'gateway/states':
        return this.states()
      case 'gateway/at':
        if (typeof text !== 'string' || !/^at[ -~]*$/i.test(text))
          throw new Fault('invalid_payload', 'text must be one AT command, for example AT+CSQ')
        return this.at(id, text)
      case 'gateway/trace':
        return this.trace(id)
      case 'gateway/doctor':
        return this.doctor(id)
      default:
        throw new Fault('unknown_command', `the hub has no verb ${verb}`)
    }
  }

  states(): Record<string, unknown> {
    return Object.fromEntries([...this.#gateways].map(([id, gateway]) => [id, gateway.state]))
  }

  async at(id: string, text: string): Promise<string[]> {
    return linesOf(await this.#ask(id, text))
  }

  trace(id: string): string {
    return this.#find(id).trace ?? ''
  }

  /** A modem that can't be asked is told by what the hub knows of it. */
  async doctor(id: string): Promise<readonly Finding[]> {
    const { state } = this.#find(id)
    try {
      return await examine((text) => this.#ask(id, text), id)
    } catch (error) {
      const finding = state.last_error ?? Fault.from(error).message
      return [{ severity: 'error', finding, fix: null, lines: [`gateway/${id}: ${JSON.stringify(state)}`] }]
    }
  }

  async #ask(id: string, text: string): Promise<Reply> {
    const gateway = this.#find(id)
    if (gateway.at === undefined) throw new Fault('not_allowed', `${id} is no modem: it takes no AT commands`)
    return (await gateway.at(text)) as Reply
  }

  #find(id: string): Gateway {
    const gateway = this.#gateways.get(id)
    if (gateway !== undefined) return gateway
    const known = [...this.#gateways.keys()].join(', ') || 'none'
    throw new Fault('no_gateway', `there is no gateway "${id}"; there is ${known}`)
  }
}

/** A reply as somebody reads it. */
export function linesOf({ lines, final }: Reply): string[] {
  if (final.kind === 'timeout') return [...lines, '(no answer)']
  if (final.kind === 'lost') return [...lines, '(the port was lost)']
  return [...lines, final.text]
}
