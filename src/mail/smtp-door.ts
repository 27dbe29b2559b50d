import { createHash } from 'node:crypto'
import { SMTPServer, type SMTPServerDataStream, type SMTPServerSession } from 'smtp-server'
import type { Listed } from '../device/directory.ts'
import { Fault, type FaultCode } from '../message/fault.ts'
import type { RawMessage } from '../message/raw.ts'
import { mailGateway } from '../message/received.ts'
import type { TrustLevel } from '../message/trust.ts'
import type { Clock } from '../util/clock.ts'
import { isWithin } from '../util/networks.ts'
import { RefusalLog } from '../util/refusal-log.ts'
import { type FiledMail, mailForm } from './filed-mail.ts'
import { Peers } from './peers.ts'
import { type ReadMail, readMail } from './read-mail.ts'
import { devicesFor, hubName, type MailPeer, type MailUser, proofOf } from './senders.ts'

export interface MailSettings {
  readonly listen: { readonly host: string; readonly port: number }
  /** PEM of the certificate and its key; null without. */
  readonly tls: { readonly cert: Buffer; readonly key: Buffer } | null
  /** TLS from the first octet (RFC 8314 clause 3.3), instead of by STARTTLS. */
  readonly implicitTls: boolean
  /** Whether passwords are taken without TLS. */
  readonly clearPasswords: boolean
  readonly users: Readonly<Record<string, MailUser>>
  /** Where a mail is from a device even without a password. */
  readonly networks: readonly string[]
  /** Of one mail. */
  readonly maxOctets: number
}

export interface SmtpDoorDeps {
  readonly settings: MailSettings
  readonly clock: Clock
  devices(): Iterable<Listed>
  /** Resolves when it is on the disk. */
  receive(raw: RawMessage): Promise<void>
  /** Rejects unless it is the password of the user: `not_allowed`, or `rate_limited` for who guesses. */
  prove(name: string, password: string, address: string): Promise<void>
  log(level: 'info' | 'warn' | 'error', message: string): void
}

/** Sockets, with those that are being refused. */
const maxSockets = 250
const maxRecipients = 50
/** RFC 5321, 4.5.3.1.3: 256 octets with the angle brackets. */
const maxAddressLength = 254
/** Octets of the mails that are being received and read, until they are filed, all together. */
const maxHeldOctets = 64 * 1024 * 1024
/** Without a word of the client. */
const idleMs = 60_000
/** Of a connection, however it goes on. */
const connectionMs = 10 * 60_000
/** Until connections are cut off when the hub stops. */
const closeMs = 2_000
/** Not offered: of old servers, and of proxies. */
const disabled = ['WIZ', 'SHELL', 'KILL', 'XCLIENT', 'XFORWARD', 'VRFY', 'EXPN']

/** Replies to the client (RFC 5321, 4.2.3): what may be repeated is 4xx. */
const replies: Partial<Record<FaultCode, number>> = {
  not_found: 550,
  not_allowed: 550,
  text_too_long: 552,
  invalid_payload: 554,
  rate_limited: 421,
}

/** Takes the mails of devices over SMTP. A mail is accepted when it is on the disk. */
export class SmtpDoor {
  readonly #deps: SmtpDoorDeps
  readonly #peers: Peers
  readonly #refused: RefusalLog
  #server: SMTPServer | null = null
  #held = 0

  constructor(deps: SmtpDoorDeps) {
    this.#deps = deps
    this.#peers = new Peers(deps.clock, (address) => isWithin(address, deps.settings.networks))
    this.#refused = new RefusalLog(deps.clock, (line) => deps.log('warn', line))
  }

  get isOpen(): boolean {
    return this.#server?.server.listening === true
  }

  /** Where it listens, as host:port. */
  get address(): string {
    const at = this.#server?.server.address()
    return typeof at === 'object' && at !== null ? `${at.address}:${at.port}` : 'nowhere'
  }

  /** Rejects with `invalid_config` when it can't listen. */
  async start(): Promise<void> {
    const { listen, tls, implicitTls, clearPasswords, users, maxOctets } = this.#deps.settings
    const server = new SMTPServer({
      name: hubName,
      logger: false,
      disableReverseLookup: true,
      lenientAddressParsing: true,
      authOptional: true,
      allowInsecureAuth: clearPasswords,
      ...tls,
      secure: implicitTls,
      disabledCommands: [
        ...disabled,
        ...(tls === null ? ['STARTTLS'] : []),
        ...(Object.keys(users).length === 0 || (tls === null && !clearPasswords) ? ['AUTH'] : []),
      ],
      size: maxOctets,
      rejectOversized: true,
      maxRecipients,
      maxClients: maxSockets,
      socketTimeout: idleMs,
      closeTimeout: closeMs,
      onConnect: ({ id, remoteAddress }, done) => this.#step(remoteAddress, () => this.#open(id, remoteAddress), done),
      onClose: ({ id }) => this.#peers.close(id),
      onAuth: ({ username = '', password }, { id, remoteAddress }, done) =>
        this.#step(
          remoteAddress,
          async () => {
            await this.#deps.prove(username, password ?? '', remoteAddress)
            this.#peers.prove(id)
            return { user: username }
          },
          done,
          { not_allowed: 535, rate_limited: 454 },
        ),
      onMailFrom: ({ address }, { remoteAddress }, done) =>
        this.#step(remoteAddress, () => checkLength(address), done, { text_too_long: 553 }),
      onRcptTo: ({ address }, session, done) =>
        this.#step(session.remoteAddress, () => this.#checkRecipient(address, session), done, {
          ...replies,
          text_too_long: 553,
        }),
      onData: (stream, session, done) => this.#step(session.remoteAddress, () => this.#take(stream, session), done),
    })
    server.on('error', ({ message }) => this.#refused.add('a connection', message))
    server.server.on('connection', (socket) => {
      const end = this.#deps.clock.after(connectionMs, () => socket.destroy())
      socket.once('close', () => end.cancel())
    })
    this.#server = server
    await new Promise<void>((resolve, reject) => {
      const failed = ({ message }: Error) =>
        reject(new Fault('invalid_config', `mail.listen: ${listen.host}:${listen.port} can't be used: ${message}`))
      server.once('error', failed)
      server.listen(listen.port, listen.host, () => {
        server.off('error', failed)
        resolve()
      })
    })
    this.#deps.log('info', `mails of devices are taken on ${this.address}`)
  }

  async stop(): Promise<void> {
    const server = this.#server
    if (server === null || !this.isOpen) return
    await new Promise<void>((resolve) => server.close(resolve))
  }

  /** A step of a session: its failure is the reply, and a line of the log. */
  #step<T>(
    address: string,
    work: () => T | Promise<T>,
    done: (error: Error | null, result?: T) => void,
    codes: typeof replies = replies,
  ): void {
    new Promise<T>((resolve) => resolve(work())).then(
      (result) => done(null, result),
      (error: unknown) => {
        const { code, message, retryable } = Fault.from(error)
        this.#refused.add(address, message)
        done(Object.assign(new Error(message), { responseCode: codes[code] ?? (retryable ? 451 : 554) }))
      },
    )
  }

  /** Where there is no place left, one of the least trusted makes way. */
  #open(session: string, address: string): void {
    const ended = this.#peers.open(session, address)
    for (const one of this.#server?.connections ?? [])
      if (one.session.id === ended) one.send(421, 'too many connections: try again later')
  }

  /** Whoever tries out names soon gets no answer about any. */
  #checkRecipient(recipient: string, session: SMTPServerSession): void {
    checkLength(recipient)
    this.#peers.check(session.remoteAddress)
    try {
      this.#devicesFor(recipient, session)
    } catch (error) {
      this.#peers.take(session.remoteAddress)
      throw error
    }
  }

  #peerOf({ remoteAddress, envelope, user }: SMTPServerSession): MailPeer {
    const known = typeof user === 'string' ? this.#deps.settings.users[user] : undefined
    const sender = envelope.mailFrom === false ? '' : envelope.mailFrom.address
    return { address: remoteAddress, sender: sender.toLowerCase(), user: known ?? null }
  }

  #devicesFor(recipient: string, session: SMTPServerSession): string[] {
    return devicesFor(recipient, this.#peerOf(session), this.#deps.devices())
  }

  /** Resolves with the last words to the client when the texts are on the disk: one for each device. */
  async #take(stream: SMTPServerDataStream, session: SMTPServerSession): Promise<string> {
    const held = { octets: 0 }
    try {
      return await this.#file(await this.#collect(stream, held), session)
    } finally {
      this.#held -= held.octets
    }
  }

  async #file(octets: Buffer, session: SMTPServerSession): Promise<string> {
    const peer = this.#peerOf(session)
    this.#peers.take(peer.address)
    const proof = proofOf(peer, this.#deps.settings.networks)
    if (proof === 'stranger') this.#peers.takeUnproven()
    const mail = await readMail(octets)
    const echo = mail.echo ?? (peer.sender === '' && peer.user === null ? 'it has no sender' : null)
    if (echo !== null) {
      this.#refused.add(peer.address, `a mail of <${peer.sender}> is dropped: ${echo}`)
      return `dropped: ${echo}`
    }
    if (mail.subject === null && mail.body === '')
      throw new Fault('invalid_payload', 'the mail has no text and no subject')
    const devices = session.envelope.rcptTo.map(({ address }) => this.#devicesFor(address, session))
    const apart = new Map(devices.map((ids) => [ids.join(), ids]))
    await Promise.all([...apart.values()].map((ids) => this.#deps.receive(rawOf(mail, peer, proof, ids))))
    return 'filed'
  }

  /** The mail as it was sent. Rejects with `storage_full` while too many others are being received. */
  async #collect(stream: SMTPServerDataStream, held: { octets: number }): Promise<Buffer> {
    const chunks: Buffer[] = []
    let isRefused = false
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      isRefused ||= this.#held + chunk.length > maxHeldOctets
      // What is refused is read to its end nevertheless, as the answer comes after it.
      if (isRefused || stream.sizeExceeded) {
        this.#held -= held.octets
        held.octets = 0
        chunks.length = 0
        continue
      }
      chunks.push(chunk)
      held.octets += chunk.length
      this.#held += chunk.length
    }
    if (stream.sizeExceeded)
      throw new Fault('text_too_long', `the mail has more than ${this.#deps.settings.maxOctets} octets`)
    if (isRefused) throw new Fault('storage_full', 'too many mails are being received: try again later')
    return Buffer.concat(chunks)
  }
}

function checkLength(address: string): void {
  if (address.length > maxAddressLength)
    throw new Fault('text_too_long', `an address has at most ${maxAddressLength} characters`)
}

function rawOf(mail: ReadMail, peer: MailPeer, proof: TrustLevel, devices: readonly string[]): RawMessage {
  const { subject, body, attachments, isCut, messageId, date } = mail
  const from = peer.sender === '' ? `${devices[0]}@${hubName}` : peer.sender
  const filed: FiledMail = { from, devices, proof, subject, body, attachments, isCut }
  // A client repeats a mail whose answer it has lost. What a stranger sends is no copy of what is proven.
  const same = JSON.stringify([messageId, date, from, proof, devices, subject, body])
  const sentAt = Date.parse(date ?? '')
  return {
    gateway: mailGateway,
    account: devices.join(),
    source: 'direct',
    form: mailForm,
    body: JSON.stringify(filed),
    identity: {
      hash: createHash('sha256').update(same).digest('hex'),
      // Where the clock of a device stands still, so may the number that it makes of it.
      mark: Number.isNaN(sentAt) ? (messageId === null ? null : 'id') : sentAt,
    },
  }
}
