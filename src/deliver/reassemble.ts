import type { Assembly } from '../ledger/inbox/assembly.ts'
import type { FiledMessage } from '../ledger/inbox/inbox.ts'
import type { Address } from '../message/address.ts'
import type { IncomingSegment, Mail } from '../message/incoming.ts'
import { assemblyKey, join, type Part } from '../sms/join-segments.ts'
import { type MmsNotification, mmsNotification } from '../sms/mms-notification.ts'
import { readableText } from '../sms/readable.ts'
import type { Store } from '../store/store.ts'

/** A text, complete or with missing segments. */
export interface WholeText {
  readonly raws: readonly number[]
  readonly assembly: string | null
  readonly gateway: string
  readonly source: FiledMessage['source']
  readonly from: Address
  /** The service centre that its stamp is of; null where the modem does not show it. */
  readonly centre: string | null
  /** Properties of its route that are hard to forge; null where the modem does not show them. */
  readonly route: string | null
  /** null for a message of octets. */
  readonly text: string | null
  readonly data: string | null
  /** Of an MMS that waits at its centre. */
  readonly mms: MmsNotification | null
  /** Of a text that came as a mail. */
  readonly mail: Mail | null
  readonly encoding: IncomingSegment['encoding']
  readonly scts: number | null
  readonly parts: number
  /** Sequence numbers of missing segments. */
  readonly missing: readonly number[]
  readonly damaged: boolean
  readonly receivedAt: number
}

/** A segment as stored until its message is complete. */
interface KeptPart extends Part {
  readonly gateway: string
  readonly from: Address
  readonly encoding: WholeText['encoding']
  readonly scts: number | null
  readonly centre: string | null
  readonly route: string | null
  readonly receivedAt: number
  readonly source: FiledMessage['source']
  readonly damaged?: true
  /** Octets without a port, not compressed: they may be text. */
  readonly mayBeText?: true
  readonly isWapPush?: true
}

/** A message of one segment at once, others when complete; and the sets that are given up for it. */
export async function reassemble(
  store: Store,
  raw: FiledMessage,
  segment: IncomingSegment,
): Promise<{ readonly texts: readonly WholeText[]; readonly copy: boolean }> {
  const { from, concat, damaged } = segment
  const kept = keep(raw, segment)
  if (concat === null) {
    const text = segment.text ?? (segment.mayBeText ? readableText(segment.data) : null)
    const content = { text, data: segment.data ?? null, mms: mmsIn(kept, segment.data), mail: segment.mail ?? null }
    const alone = { raws: [raw.id], assembly: null, parts: 1, missing: [], damaged, ...content }
    return { texts: [{ ...whole(kept), ...alone }], copy: false }
  }
  const { complete, copy, givenUp } = await store.run('assemble', {
    raw: raw.id,
    key: assemblyKey({ concat, address: from }, raw.account) as string,
    sender: `${from.ton} ${from.number}`,
    part: concat.seq,
    total: concat.total,
    scts: kept.scts ?? raw.receivedAt,
    content: JSON.stringify(kept),
    now: raw.receivedAt,
  })
  return { texts: [...givenUp, ...(complete === null ? [] : [complete])].map(joined), copy }
}

/** A set of segments, complete or given up, as a text. */
export function joined(assembly: Assembly): WholeText {
  const parts = assembly.parts.map((part) => JSON.parse(part.content) as KeptPart)
  const { text, data, missing } = join(parts)
  // Received when its last segment was.
  const last = parts.reduce((a, b) => (b.receivedAt > a.receivedAt ? b : a))
  return {
    ...whole(last),
    raws: assembly.parts.map((part) => part.raw),
    assembly: assembly.id,
    // With segments of different routes the route is unknown, as one of them may be forged.
    route: parts.every(({ route }) => route === last.route) ? (last.route ?? null) : 'mixed',
    parts: assembly.total,
    missing,
    damaged: assembly.uncertain || parts.some((part) => part.damaged === true),
    text: text ?? (missing.length === 0 && last.mayBeText === true ? readableText(data) : null),
    data: data ?? null,
    mms: missing.length === 0 ? mmsIn(last, data) : null,
    mail: null,
  }
}

const mmsIn = ({ isWapPush, damaged }: KeptPart, data: string | undefined): MmsNotification | null =>
  isWapPush === true && damaged !== true && data !== undefined ? mmsNotification(data) : null

function keep({ gateway, receivedAt, source }: FiledMessage, segment: IncomingSegment): KeptPart {
  const { from, encoding, scts, centre, route, damaged, mayBeText, isWapPush, concat, text, data } = segment
  return {
    gateway,
    from,
    encoding,
    scts,
    centre,
    route,
    receivedAt,
    source,
    ...(damaged && { damaged }),
    ...(mayBeText && { mayBeText }),
    ...(isWapPush && { isWapPush }),
    concat: concat ?? { ref: 0, bits: 8, total: 1, seq: 1 },
    ...(text !== undefined && { text }),
    ...(data !== undefined && { data }),
  }
}

function whole({ gateway, source, from, encoding, scts, centre, route, receivedAt }: KeptPart) {
  // Segments stored by an older version lack some fields.
  const shown = { centre: centre ?? null, route: route ?? null }
  return { gateway, source: source ?? 'storage', from, encoding, scts, ...shown, receivedAt }
}
