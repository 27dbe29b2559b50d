import { createClient, type Message, Variant } from 'dbus-native'
import type { Clock } from '../../util/clock.ts'
import { within } from '../deadline.ts'

/** A value as it came: numbers, texts, lists, and objects for dictionaries with texts as keys. */
export type Properties = Readonly<Record<string, unknown>>

export interface Signal {
  readonly path: string
  readonly name: string
  readonly body: readonly unknown[]
}

/** A call without a result. `name` is that of the error; null where no answer came, so that it may have been done. */
export class CallFailure extends Error {
  override readonly name: string
  readonly isAnswered: boolean

  constructor(name: string | null, message: string) {
    super(message)
    this.name = name ?? 'unanswered'
    this.isAnswered = name !== null
  }
}

export interface Call {
  readonly to: string
  readonly path: string
  /** Interface and member, with a dot between them. */
  readonly method: string
  readonly signature?: string
  readonly body?: readonly unknown[]
  readonly timeoutMs?: number
}

export interface BusHandlers {
  signal(signal: Signal): void
  /** It is over, whoever ended it. */
  closed(reason: string): void
}

const usualTimeoutMs = 30_000
/** Nothing of ModemManager is nearly as large. */
const maxMessageOctets = 1_048_576

/** A value with its type, as methods take it in dictionaries. */
export function typed(signature: string, value: unknown): unknown {
  return new Variant(signature, value)
}

/** A connection to a message bus. */
export class Bus {
  readonly #client: ReturnType<typeof createClient>
  readonly #clock: Clock

  constructor(address: string, clock: Clock, { signal, closed }: BusHandlers) {
    this.#clock = clock
    this.#client = createClient({ busAddress: address, plainValues: true, maxMessageSize: maxMessageOctets })
    const { connection } = this.#client
    let reason = 'the connection to the message bus has ended'
    connection.on('error', ({ message }) => {
      reason = message
      // A failed handshake leaves the socket open.
      connection.stream.destroy()
    })
    connection.on('close', () => closed(reason))
    connection.on('message', ({ type, path = '', interface: owner = '', member = '', body = [] }: Message) => {
      if (type === signalType) signal({ path, name: `${owner}.${member}`, body })
    })
  }

  /** Its first result. Rejects with a CallFailure. */
  async call<T>({ to, path, method, signature, body = [], timeoutMs = usualTimeoutMs }: Call): Promise<T> {
    const dot = method.lastIndexOf('.')
    const message: Message = {
      destination: to,
      path,
      interface: method.slice(0, dot),
      member: method.slice(dot + 1),
      ...(signature !== undefined && { signature, body: [...body] }),
    }
    const late = () => new CallFailure(null, `${message.member} has no answer after ${timeoutMs / 1000} s`)
    const answered = Promise.resolve(this.#client.invoke<T>(message)).catch((error: unknown) => {
      const { dbusName, message: words } = error as { readonly dbusName?: string; readonly message: string }
      throw new CallFailure(dbusName ?? null, words)
    })
    return within(this.#clock, timeoutMs, answered, late)
  }

  /** Signals that fit this rule are wanted. */
  async watch(rule: string): Promise<void> {
    await this.call({ ...busItself, method: 'org.freedesktop.DBus.AddMatch', signature: 's', body: [rule] })
  }

  close(): void {
    this.#client.connection.stream.destroy()
  }
}

/** Of messages, in the D-Bus specification. */
const signalType = 4
export const busItself = { to: 'org.freedesktop.DBus', path: '/org/freedesktop/DBus' } as const
