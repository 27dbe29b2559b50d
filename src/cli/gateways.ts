import type { Gateways } from '../bridge/gateways.ts'
import { examine, type Finding, refusalFinding } from '../gateway/modem/doctor.ts'
import { withoutPort } from '../gateway/modem/hardware/known-modems.ts'
import { usbDevices } from '../gateway/modem/hardware/usb.ts'
import type { Reply } from '../gateway/modem/line/channel.ts'
import { Fault } from '../message/fault.ts'
import { type RestartKind, restartKinds } from '../message/gateway-state.ts'
import { isUssd } from '../message/ussd.ts'

type Body = Readonly<Record<string, unknown>>

/** What the command line may ask of the gateways of a running hub. */
export class GatewayDesk {
  readonly #gateways: Gateways
  readonly #verbs: Readonly<Record<string, (id: string, body: Body) => unknown>> = {
    'gateway/states': () => this.#gateways.freshStates(),
    'gateway/at': async (id, { text }) => linesOf(await this.#say(id, commandIn(text))),
    'gateway/trace': (id) => this.#gateways.find(id).trace ?? '',
    'gateway/doctor': (id) => this.#doctor(id),
    'gateway/ussd': (id, { codes }) => this.#able(id, 'ussd')(codesIn(codes)),
    'gateway/restart': (id, { how }) => this.#able(id, 'restart')(kindIn(how)),
    'gateway/accept': (id) => this.#able(id, 'accept')(),
    'gateway/look': async (id) => {
      await this.#able(id, 'look')()
      return this.#gateways.states[id]
    },
  }

  constructor(gateways: Gateways) {
    this.#gateways = gateways
  }

  /** Carries out a verb on one gateway. */
  async ask(verb: string, { gateway, ...body }: Body): Promise<unknown> {
    const act = Object.hasOwn(this.#verbs, verb) ? this.#verbs[verb] : undefined
    if (act === undefined) throw new Fault('unknown_command', `the hub has no verb ${verb}`)
    return act(String(gateway ?? ''), body)
  }

  /** A modem that can't be asked is told by what the hub knows of it. */
  async #doctor(id: string): Promise<readonly Finding[]> {
    const { state } = this.#gateways.find(id)
    const refused = refusalFinding(id, state.last_error)
    try {
      return [...(refused === null ? [] : [refused]), ...(await examine((text) => this.#say(id, text), id))]
    } catch (error) {
      const finding = state.last_error ?? Fault.from(error).message
      const lines = [`gateway/${id}: ${JSON.stringify(state)}`]
      // The modem that a gateway waits for may be one that shows no port.
      const sticks = withoutPort(usbDevices()).map(({ finding, fix, lines }) => ({ finding, fix, lines }))
      return [{ finding, fix: null, lines }, ...sticks].map((one) => ({ severity: 'error', ...one }))
    }
  }

  async #say(id: string, text: string): Promise<Reply> {
    return (await this.#able(id, 'at')(text)) as Reply
  }

  #able<K extends 'accept' | 'at' | 'look' | 'restart' | 'ussd'>(id: string, does: K) {
    return this.#gateways.able(id, does)
  }
}

/** A reply as somebody reads it. */
export function linesOf({ lines, final }: Reply): string[] {
  if (final.kind === 'timeout') return [...lines, '(no answer)']
  if (final.kind === 'lost') return [...lines, '(the port was lost)']
  return [...lines, final.text]
}

function commandIn(text: unknown): string {
  if (typeof text === 'string' && /^at[ -~]*$/i.test(text)) return text
  throw new Fault('invalid_payload', 'text must be one AT command, for example AT+CSQ')
}

function codesIn(codes: unknown): string[] {
  if (Array.isArray(codes) && isUssd(codes.map(String))) return codes.map(String)
  throw new Fault('invalid_payload', 'a USSD code looks like *100#; what is chosen in its menus follows it')
}

function kindIn(how: unknown): RestartKind {
  const kind = restartKinds.find((one) => one === (how ?? 'reset'))
  if (kind !== undefined) return kind
  throw new Fault('invalid_payload', `a modem is restarted by ${restartKinds.join(', ')}, not by "${how}"`)
}
