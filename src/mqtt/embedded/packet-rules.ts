import { isFilter } from '../filter.ts'

/** Why a packet ends its connection; `connack` is the return code that MQTT 3.1.1 requires before that. */
export interface Violation {
  readonly reason: string
  readonly connack?: 1 | 2
}

/** Filters of one SUBSCRIBE or UNSUBSCRIBE. Home Assistant sends 500 in one packet. */
export const maxFilters = 1_000
/** Levels of a topic or filter; the matcher of aedes throws above that. */
export const maxLevels = 100

/** Thrown while a packet is parsed, and caught where it is checked. */
class Malformed extends Error {
  readonly connack: 1 | 2 | undefined

  constructor(reason: string, connack?: 1 | 2) {
    super(reason)
    this.connack = connack
  }
}

interface Rule {
  /** The low four bits of the first octet (MQTT-2.2.2-1); null where they are variable. */
  readonly flags: number | null
  check(body: Body, flags: number): void
}

const identifierOnly = (body: Body): void => {
  body.identifier()
  body.end()
}
const empty = (body: Body): void => body.end()

/** Packets of clients by type (MQTT 3.1.1, section 2.2.1). All other types are for servers. */
const rules: Readonly<Record<number, Rule & { readonly name: string }>> = {
  1: { name: 'CONNECT', flags: 0, check: connect },
  3: { name: 'PUBLISH', flags: null, check: publish },
  4: { name: 'PUBACK', flags: 0, check: identifierOnly },
  5: { name: 'PUBREC', flags: 0, check: identifierOnly },
  6: { name: 'PUBREL', flags: 2, check: identifierOnly },
  7: { name: 'PUBCOMP', flags: 0, check: identifierOnly },
  8: { name: 'SUBSCRIBE', flags: 2, check: (body) => filters(body, true) },
  10: { name: 'UNSUBSCRIBE', flags: 2, check: (body) => filters(body, false) },
  12: { name: 'PINGREQ', flags: 0, check: empty },
  14: { name: 'DISCONNECT', flags: 0, check: empty },
}

/** Checks a packet against MQTT 3.1.1, as aedes accepts much that the standard forbids. Null: valid. */
export function violationOf(packet: Uint8Array, headerLength: number): Violation | null {
  const first = packet[0] as number
  const rule = rules[first >> 4]
  if (rule === undefined) return { reason: `packet type ${first >> 4} is not for clients` }
  const flags = first & 0x0f
  if (rule.flags !== null && flags !== rule.flags) return { reason: `${rule.name} with reserved bits set` }
  try {
    rule.check(new Body(packet, headerLength), flags)
    return null
  } catch (error) {
    if (!(error instanceof Malformed)) throw error
    const reason = `${rule.name}: ${error.message}`
    return error.connack === undefined ? { reason } : { reason, connack: error.connack }
  }
}

/** Reads the fields after the fixed header. */
class Body {
  readonly #octets: Uint8Array
  #at: number

  constructor(octets: Uint8Array, at: number) {
    this.#octets = octets
    this.#at = at
  }

  get left(): number {
    return this.#octets.length - this.#at
  }

  byte(): number {
    return this.#take(1)[0] as number
  }

  word(): number {
    const [high = 0, low = 0] = this.#take(2)
    return (high << 8) | low
  }

  /** Two octets of length, then the octets. */
  binary(): Uint8Array {
    return this.#take(this.word())
  }

  /** UTF-8 without U+0000 and surrogates (MQTT-1.5.3-1, -2). */
  text(what: string): string {
    const octets = this.binary()
    let text: string
    try {
      text = utf8.decode(octets)
    } catch {
      throw new Malformed(`the ${what} is not valid UTF-8`)
    }
    if (text.includes('\u0000')) throw new Malformed(`the ${what} contains U+0000`)
    return text
  }

  /** A packet identifier (MQTT-2.3.1-1). */
  identifier(): void {
    if (this.word() === 0) throw new Malformed('the packet identifier is 0')
  }

  end(): void {
    if (this.left > 0) throw new Malformed(`${this.left} octets too many`)
  }

  #take(count: number): Uint8Array {
    if (count > this.left) throw new Malformed('it is too short')
    this.#at += count
    return this.#octets.subarray(this.#at - count, this.#at)
  }
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

function connect(body: Body): void {
  const protocol = body.text('protocol name')
  // Bridges of mosquitto set the highest bit.
  const level = body.byte() & 0x7f
  if (protocol !== 'MQTT' && protocol !== 'MQIsdp') throw new Malformed('the protocol name is not MQTT')
  // MQTT-3.1.2-2
  if (level !== (protocol === 'MQTT' ? 4 : 3))
    throw new Malformed(`protocol level ${level} is not supported: use MQTT 3.1.1`, 1)
  const flags = body.byte()
  const has = (bit: number) => (flags & (1 << bit)) !== 0
  const willQos = (flags >> 3) & 3
  if (has(0)) throw new Malformed('a reserved flag is set')
  if (willQos === 3) throw new Malformed('the QoS of the will is 3')
  if (!has(2) && (willQos > 0 || has(5))) throw new Malformed('flags of a will without a will')
  if (has(6) && !has(7)) throw new Malformed('a password without a user name')
  body.word()
  // MQTT-3.1.3-8
  if (body.text('client id') === '' && !(has(1) && level === 4))
    throw new Malformed('an empty client id needs a clean session', 2)
  if (has(2)) {
    topicName(body.text('topic of the will'))
    body.binary()
  }
  if (has(7)) body.text('user name')
  if (has(6)) body.binary()
  body.end()
}

function publish(body: Body, flags: number): void {
  const qos = (flags >> 1) & 3
  if (qos === 3) throw new Malformed('the QoS is 3')
  if (qos === 0 && (flags & 8) !== 0) throw new Malformed('DUP is set at QoS 0')
  topicName(body.text('topic'))
  if (qos > 0) body.identifier()
}

function filters(body: Body, withQos: boolean): void {
  body.identifier()
  let count = 0
  do {
    if (++count > maxFilters) throw new Malformed(`more than ${maxFilters} topic filters in one packet`)
    const filter = body.text('topic filter')
    if (!isFilter(filter)) throw new Malformed(`"${filter.slice(0, 64)}" is not a topic filter`)
    levelsOf(filter, 'topic filter')
    if (withQos && body.byte() > 2) throw new Malformed('the requested QoS is not 0, 1 or 2')
  } while (body.left > 0)
}

/** MQTT-3.3.2-2, MQTT-4.7.3-1 */
function topicName(topic: string): void {
  if (topic === '') throw new Malformed('the topic is empty')
  const wildcard = /[+#]/.exec(topic)?.[0]
  if (wildcard === '+') throw new Malformed('a topic may not contain +: write a phone number without it')
  if (wildcard === '#') throw new Malformed('a topic may not contain #')
  levelsOf(topic, 'topic')
}

function levelsOf(text: string, what: string): void {
  let levels = 1
  for (let at = text.indexOf('/'); at >= 0; at = text.indexOf('/', at + 1)) levels++
  if (levels > maxLevels) throw new Malformed(`the ${what} has more than ${maxLevels} levels`)
}
