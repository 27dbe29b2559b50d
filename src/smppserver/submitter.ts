import { createHash } from 'node:crypto'
import type { OwnText } from '../ledger/own-text.ts'
import { type Asker, ownAsker } from '../message/accepted.ts'
import { Fault } from '../message/fault.ts'
import type { SmppAddress, SmppReplyTo } from '../message/request.ts'
import { isoTime } from '../message/result.ts'
import { numberIn as written } from '../smpp/address-types.ts'
import { messageStates } from '../smpp/receipt-text.ts'
import { headerOctets, type Pdu, readPdu } from '../smpp/smpp-pdu.ts'
import { absoluteTime } from '../smpp/smpp-time.ts'
import type { Reply } from '../smpplink/smpp-link.ts'
import type { Store } from '../store/store.ts'
import { Allowance } from '../util/allowance.ts'
import type { Clock } from '../util/clock.ts'
import { Refusal, statuses } from './command-status.ts'
import { idIn, shownId } from './message-id.ts'
import { stateOf } from './message-state.ts'
import { type PduAddress, readSubmission, type SubmissionRead } from './read-submission.ts'
import { clientOf, type SmppUser } from './smpp-user.ts'

type Data = Readonly<Record<string, unknown>>

export interface SubmitterDeps {
  readonly user: SmppUser
  readonly store: Store
  readonly clock: Clock
  now(): number
  newId(prefix: string): string
  /** Carries out an operation of the hub. */
  request(path: string, data: Data, asker: Asker): Promise<Data>
  log(level: 'info' | 'warn', message: string): void
}

/** Seconds of its rate that a client may send at once. */
const burstSeconds = 2

/** What a client asks for, as operations of the hub. All reject with the `Refusal` or `Fault` that is answered. */
export class Submitter {
  readonly #deps: SubmitterDeps
  readonly #allowance: Allowance | null

  constructor(deps: SubmitterDeps) {
    this.#deps = deps
    const { perSecond } = deps.user
    this.#allowance = perSecond === null ? null : new Allowance(deps.clock, perSecond, burstSeconds * perSecond)
  }

  /** Resolves when the text, or the part of one, is on the disk. */
  async submit(octets: Uint8Array): Promise<Reply> {
    const { user, now } = this.#deps
    const read = readSubmission(readPdu(octets) as Pdu<'submit_sm' | 'data_sm'>, user.alphabet, now())
    const id = read.part === null ? await this.#whole(read, octets) : await this.#part(read, read.part)
    return { status: statuses.ok, body: { message_id: shownId(id) } }
  }

  async query(octets: Uint8Array): Promise<Reply> {
    const { message_id: id } = (readPdu(octets) as Pdu<'query_sm'>).body
    const { status, endedAt } = await this.#own(id)
    const body = {
      message_id: id,
      final_date: endedAt === null ? '' : absoluteTime(endedAt),
      message_state: messageStates.indexOf(endedAt === null ? 'ENROUTE' : stateOf(status)),
    }
    return { status: statuses.ok, body }
  }

  async cancel(octets: Uint8Array): Promise<Reply> {
    const { commandId } = await this.#own((readPdu(octets) as Pdu<'cancel_sm'>).body.message_id)
    if (commandId === null) throw new Refusal(statuses.cancelFailed, 'parts of it are missing')
    await this.#deps.request('sms/cancel', { id: commandId }, this.#asker(null)).catch((error: unknown) => {
      const { code, message } = Fault.from(error)
      throw code === 'conflict' ? new Refusal(statuses.cancelFailed, message) : error
    })
    return { status: statuses.ok }
  }

  async #own(id: string): Promise<OwnText> {
    const found = await this.#deps.store.run('ownText', { client: clientOf(this.#deps.user.id), id: idIn(id) })
    if (found === null) throw new Refusal(statuses.invalidMessageId, 'there is no such text of this system_id')
    return found
  }

  #whole(read: SubmissionRead, octets: Uint8Array): Promise<string> {
    if (this.#allowance?.takeIfLeft() === false)
      throw new Refusal(statuses.throttled, `more than ${this.#deps.user.perSecond} a second`)
    const { repeatMs } = this.#deps.user
    const same = repeatMs === 0 ? null : { id: sameId(octets), forMs: repeatMs }
    const replyTo = this.#replyTo(read, { wants: read.wants, own: read.wants > 0, parts: [] })
    return this.#send(read, read.text, this.#asker(same, { read, replyTo }))
  }

  /** A part is answered when it is on the disk, and the last one when the whole text is. */
  async #part(read: SubmissionRead, { ref, bits, total, seq }: NonNullable<SubmissionRead['part']>): Promise<string> {
    const { user, store, now, newId, log } = this.#deps
    const client = clientOf(user.id)
    const name = [written(read.source), read.to, ref, bits, total].join(' ')
    const gateway = this.#gatewayFor(read.source)
    if (seq === 1) await this.#checkRoom(total)
    const part = { client, name, seq, total, text: read.text, wants: read.wants }
    const { assembly, whole, dropped } = await store.run('keepPart', { part, assembly: newId('prt'), now: now() })
    if (dropped > 0) log('warn', `${dropped} parts of ${user.id} are given up: another text has their reference`)
    if (whole === null) return `${assembly}.${seq}`
    const wanting = whole.filter(({ wants }) => wants > 0)
    const parts = wanting.filter((one) => one.seq !== seq).map((one) => `${assembly}.${one.seq}`)
    const replyTo = this.#replyTo(read, { wants: wanting[0]?.wants ?? 0, own: read.wants > 0, parts })
    // It has begun: what is left of the quota was asked for before its first part.
    const asker = { ...this.#asker({ id: assembly }, { read, replyTo }), perHour: Number.POSITIVE_INFINITY }
    const id = await this.#send(read, whole.map(({ text }) => text).join(''), asker, gateway)
    await store.run('dropParts', { client, name })
    return id
  }

  /** A text that has begun is never throttled: all of it is asked for here. */
  async #checkRoom(total: number): Promise<void> {
    const { user, request } = this.#deps
    if (this.#allowance !== null) {
      if (!this.#allowance.isLeft) throw new Refusal(statuses.throttled, `more than ${user.perSecond} a second`)
      this.#allowance.take(total)
    }
    const { quotas } = (await request('quota/list', {}, this.#asker(null))) as {
      quotas: readonly { name: string; left: number; limit: number }[]
    }
    const own = quotas.find(({ name }) => name === 'client-hour')
    if (own?.left === 0) throw new Refusal(statuses.throttled, `${own.limit} an hour are used up`)
  }

  async #send(
    { to, source, sendAt, flash, priority }: SubmissionRead,
    text: string,
    asker: Asker,
    gateway = this.#gatewayFor(source),
  ): Promise<string> {
    const { message } = await this.#deps.request(
      'message/send',
      {
        to,
        text,
        ...(sendAt !== null && { send_at: isoTime(sendAt) }),
        ...(gateway !== null && { gateway }),
        ...(flash && { flash }),
        ...(priority !== 'normal' && { priority }),
      },
      asker,
    )
    return (message as { id: string }).id
  }

  /** Null for any. */
  #gatewayFor(source: PduAddress): string | null {
    const { senders } = this.#deps.user
    if (senders === null) return null
    const gateway = senders.get(written(source)) ?? senders.get(source.address)
    if (gateway === undefined)
      throw new Refusal(statuses.invalidSource, `source_addr "${source.address}" is none of its senders`)
    return gateway
  }

  #replyTo(read: SubmissionRead, wanted: Pick<SmppReplyTo, 'wants' | 'own' | 'parts'>): SmppReplyTo | null {
    if (wanted.wants === 0) return null
    const [source, destination] = [read.source, read.destination].map(
      (one): SmppAddress => ({ ton: one.ton, npi: one.npi, number: written(one) }),
    ) as [SmppAddress, SmppAddress]
    return { kind: 'smpp', outlet: clientOf(this.#deps.user.id), ...wanted, source, destination }
  }

  #asker(
    same: { readonly id: string; readonly forMs?: number } | null,
    of: { readonly read: SubmissionRead; readonly replyTo: SmppReplyTo | null } | null = null,
  ): Asker {
    const { id, toAny, perHour } = this.#deps.user
    return {
      ...ownAsker(clientOf(id), 'hub'),
      rights: { role: toAny ? 'admin' : 'home_assistant' },
      perHour,
      id: same?.id ?? null,
      idForMs: same?.forMs,
      replyTo: of?.replyTo ?? null,
      expirySeconds: of?.read.ttl ?? null,
    }
  }
}

/** A client that repeats a submission has the same octets behind the header. */
const sameId = (octets: Uint8Array): string =>
  `rep_${createHash('sha256').update(octets.subarray(headerOctets)).digest('base64url').slice(0, 32)}`
