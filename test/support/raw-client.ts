import { connect, type Socket } from 'node:net'
import { patienceMs } from './patience.ts'

/** A client that speaks MQTT 3.1.1 octet by octet: it can break every rule. */
export class RawClient {
  readonly socket: Socket
  #received = Buffer.alloc(0)
  #closed = false
  #wake: (() => void)[] = []

  private constructor(socket: Socket) {
    this.socket = socket
    socket.setNoDelay(true)
    socket.on('data', (chunk: Buffer) => {
      this.#received = Buffer.concat([this.#received, chunk])
      this.#changed()
    })
    socket.on('error', () => {})
    socket.on('close', () => {
      this.#closed = true
      this.#changed()
    })
  }

  static open(port: number, from?: string): Promise<RawClient> {
    return new Promise((resolve, reject) => {
      const socket = connect({ port, host: '127.0.0.1', ...(from !== undefined && { localAddress: from }) })
      const client = new RawClient(socket)
      socket.once('connect', () => resolve(client))
      socket.once('error', reject)
    })
  }

  /** Connected, its CONNACK read. */
  static async connected(port: number, options: ConnectOptions = {}, from?: string): Promise<RawClient> {
    const client = await RawClient.open(port, from)
    client.send(connectPacket(options))
    const connack = await client.packet()
    if (connack?.type !== 2 || connack.body[1] !== 0) throw new Error(`CONNACK ${connack?.body.toString('hex')}`)
    return client
  }

  get isClosed(): boolean {
    return this.#closed
  }

  send(octets: Uint8Array): void {
    this.socket.write(octets)
  }

  /** The next packet; null when the connection is closed before it. */
  async packet(ms = patienceMs): Promise<RawPacket | null> {
    const end = performance.now() + ms
    for (;;) {
      const packet = this.#take()
      if (packet !== null) return packet
      if (this.#closed) return null
      await this.#change(end)
    }
  }

  /** The next packet of a type; others are passed over. */
  async next(type: number): Promise<RawPacket | null> {
    for (;;) {
      const packet = await this.packet()
      if (packet === null || packet.type === type) return packet
    }
  }

  /** All packets up to the answer to a PINGREQ: what came until now, without a guess at how long it takes. */
  async untilPong(): Promise<RawPacket[]> {
    this.send(Buffer.from([0xc0, 0]))
    const packets: RawPacket[] = []
    for (;;) {
      const packet = await this.packet()
      if (packet === null || packet.type === 13) return packets
      packets.push(packet)
    }
  }

  /** Resolves when the other side has closed. */
  async closed(ms = patienceMs): Promise<void> {
    const end = performance.now() + ms
    while (!this.#closed) await this.#change(end)
  }

  end(): void {
    this.socket.destroy()
  }

  #take(): RawPacket | null {
    let length = 0
    for (let at = 1; at < Math.min(5, this.#received.length); at++) {
      const octet = this.#received[at] as number
      length += (octet & 0x7f) * 128 ** (at - 1)
      if ((octet & 0x80) !== 0) continue
      if (this.#received.length < at + 1 + length) return null
      const first = this.#received[0] as number
      const body = this.#received.subarray(at + 1, at + 1 + length)
      this.#received = this.#received.subarray(at + 1 + length)
      return { type: first >> 4, flags: first & 15, body }
    }
    return null
  }

  #change(end: number): Promise<void> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error('nothing came in time')), Math.max(0, end - performance.now()))
      this.#wake.push(() => {
        clearTimeout(timer)
        resolve()
      })
    })
  }

  #changed(): void {
    for (const wake of this.#wake.splice(0)) wake()
  }
}

export interface RawPacket {
  readonly type: number
  readonly flags: number
  readonly body: Buffer
}

export interface ConnectOptions {
  readonly id?: string | Buffer
  readonly clean?: boolean
  readonly user?: string
  readonly password?: string
  readonly keepAlive?: number
  readonly will?: { readonly topic: string | Buffer; readonly payload: string; readonly flags?: number }
  readonly protocol?: string
  readonly level?: number
  /** Instead of those that the options make. */
  readonly flags?: number
}

/** A packet of a type with its flags; the length is worked out. */
export function packetOf(first: number, ...parts: readonly Uint8Array[]): Buffer {
  const body = Buffer.concat(parts)
  const digits: number[] = []
  for (let rest = body.length; ; ) {
    const digit = rest % 128
    rest = Math.floor(rest / 128)
    digits.push(rest > 0 ? digit | 0x80 : digit)
    if (rest === 0) break
  }
  return Buffer.concat([Buffer.from([first, ...digits]), body])
}

export function word(value: number): Buffer {
  return Buffer.from([value >> 8, value & 0xff])
}

/** A text with its length in front; octets as they are. */
export function text(value: string | Buffer): Buffer {
  const octets = typeof value === 'string' ? Buffer.from(value) : value
  return Buffer.concat([word(octets.length), octets])
}

export function connectPacket(options: ConnectOptions = {}): Buffer {
  const { id = 'raw', clean = true, user, password, keepAlive = 0, will, protocol = 'MQTT', level = 4 } = options
  const flags =
    options.flags ??
    (clean ? 2 : 0) |
      (will === undefined ? 0 : 4 | (will.flags ?? 0)) |
      (user === undefined ? 0 : 0x80) |
      (password === undefined ? 0 : 0x40)
  return packetOf(
    0x10,
    text(protocol),
    Buffer.from([level, flags]),
    word(keepAlive),
    text(id),
    ...(will === undefined ? [] : [text(will.topic), text(will.payload)]),
    ...(user === undefined ? [] : [text(user)]),
    ...(password === undefined ? [] : [text(password)]),
  )
}

export interface PublishOptions {
  readonly qos?: 0 | 1 | 2
  readonly id?: number
  readonly retain?: boolean
  readonly dup?: boolean
}

export function publishPacket(topic: string | Buffer, payload: string | Buffer, options: PublishOptions = {}): Buffer {
  const { qos = 0, id = 1, retain = false, dup = false } = options
  const first = 0x30 | (dup ? 8 : 0) | (qos << 1) | (retain ? 1 : 0)
  return packetOf(first, text(topic), ...(qos > 0 ? [word(id)] : []), Buffer.from(payload))
}

export function subscribePacket(filters: readonly (readonly [string | Buffer, number])[], id = 1): Buffer {
  return packetOf(0x82, word(id), ...filters.flatMap(([filter, qos]) => [text(filter), Buffer.from([qos])]))
}

export function unsubscribePacket(filters: readonly string[], id = 1): Buffer {
  return packetOf(0xa2, word(id), ...filters.map((filter) => text(filter)))
}

export interface Delivered {
  readonly topic: string
  readonly payload: string
  readonly qos: number
  readonly retain: boolean
  readonly dup: boolean
  readonly id: number | null
}

/** A PUBLISH that came, in fields. */
export function deliveredIn({ flags, body }: RawPacket): Delivered {
  const length = body.readUInt16BE(0)
  const qos = (flags >> 1) & 3
  const rest = body.subarray(2 + length)
  return {
    topic: body.subarray(2, 2 + length).toString(),
    payload: rest.subarray(qos > 0 ? 2 : 0).toString(),
    qos,
    retain: (flags & 1) !== 0,
    dup: (flags & 8) !== 0,
    id: qos > 0 ? rest.readUInt16BE(0) : null,
  }
}
