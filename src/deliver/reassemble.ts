import type { Assembly } from '../ledger/inbox/assembly.ts'
import type { FiledMessage } from '../ledger/inbox/inbox.ts'
import type { Address } from '../message/address.ts'
import { readableText } from '../sms/readable.ts'
import { assemblyKey, join, type Part } from '../sms/reassemble.ts'
import type { Deliver } from '../sms/tpdu.ts'
import type { Store } from '../store/store.ts'
import { centreOf, timeOf } from './decode.ts'

/** A whole text, or what there is of one. */
export interface WholeText {
  readonly raws: readonly number[]
  readonly assembly: string | null
  readonly gateway: string
  readonly sim: string
  readonly source: FiledMessage['source']
  readonly from: Address
  /** The service centre that its stamp is of; null where the modem does not show it. */
  readonly centre: string | null
  /** How it came, as far as a forger could not easily do the same; null where the modem does not show it. */
  readonly route: string | null
  /** null for a message of octets. */
  readonly text: string | null
  readonly data: string | null
  readonly encoding: 'gsm7' | 'ucs2' | 'data'
  readonly scts: number | null
  readonly parts: number
  /** Sequence numbers of segments that never came. */
  readonly missing: readonly number[]
  readonly damaged: boolean
  readonly receivedAt: number
}

/** What the store keeps of a segment until its message is whole. */
interface KeptPart extends Part {
  readonly gateway: string
  readonly sim: string
  readonly from: Address
  readonly encoding: WholeText['encoding']
  readonly scts: number | null
  readonly centre: string | null
  readonly route: string | null
  readonly receivedAt: number
  readonly source: FiledMessage['source']
  readonly damaged?: true
  /** Octets for nobody in particular: no port, not compressed. */
  readonly mayBeText?: true
}

/** A message of its own at once, a segment when its set is complete; and the sets that are given up for it. */
export async function reassemble(
  store: Store,
  raw: FiledMessage,
  tpdu: Deliver,
  damaged: boolean,
): Promise<{ readonly texts: readonly WholeText[]; readonly copy: boolean }> {
  const kept = keep(raw, tpdu, damaged)
  const key = assemblyKey(tpdu, raw.sim)
  if (key === null || tpdu.concat === undefined) {
    const text = tpdu.text ?? (kept.mayBeText === true ? readableText(tpdu.data) : null)
    const alone = { raws: [raw.id], assembly: null, parts: 1, missing: [], damaged, text, data: tpdu.data ?? null }
    return { texts: [{ ...whole(kept), ...alone }], copy: false }
  }
  const { complete, copy, givenUp } = await store.run('assemble', {
    raw: raw.id,
    key,
    sender: `${tpdu.address.ton} ${tpdu.address.number}`,
    part: tpdu.concat.seq,
    total: tpdu.concat.total,
    scts: kept.scts ?? raw.receivedAt,
    content: JSON.stringify(kept),
    now: raw.receivedAt,
  })
  return { texts: [...givenUp, ...(complete === null ? [] : [complete])].map(joined), copy }
}

/** A set, complete or given up, as one text. */
export function joined(assembly: Assembly): WholeText {
  const parts = assembly.parts.map((part) => JSON.parse(part.content) as KeptPart)
  const { text, data, missing } = join(parts)
  // It was there when its last segment was.
  const last = parts.reduce((a, b) => (b.receivedAt > a.receivedAt ? b : a))
  return {
    ...whole(last),
    raws: assembly.parts.map((part) => part.raw),
    assembly: assembly.id,
    // Segments that came in different ways are of no known one, as one of them may be somebody else's.
    route: parts.every(({ route }) => route === last.route) ? (last.route ?? null) : 'mixed',
    parts: assembly.total,
    missing,
    damaged: assembly.uncertain || parts.some((part) => part.damaged === true),
    text: text ?? (missing.length === 0 && last.mayBeText === true ? readableText(data) : null),
    data: data ?? null,
  }
}

function keep(raw: FiledMessage, tpdu: Deliver, damaged: boolean): KeptPart {
  return {
    gateway: raw.gateway,
    sim: raw.sim,
    from: tpdu.address,
    encoding: tpdu.data !== undefined ? 'data' : tpdu.coding?.alphabet === 'ucs2' ? 'ucs2' : 'gsm7',
    scts: timeOf(tpdu.scts),
    centre: centreOf(tpdu.smsc),
    route: routeOf(tpdu),
    receivedAt: raw.receivedAt,
    source: raw.source,
    ...(damaged && { damaged }),
    ...(tpdu.data !== undefined && !tpdu.coding.compressed && tpdu.ports === undefined && { mayBeText: true as const }),
    concat: tpdu.concat ?? { ref: 0, bits: 8, total: 1, seq: 1 },
    ...(tpdu.text !== undefined && { text: tpdu.text }),
    ...(tpdu.data !== undefined && { data: tpdu.data }),
  }
}

/**
 * The service centre, the originator and its type of number, the time zone of the stamp, TP-PID and the message class:
 * the same for every text that a SIM sends through its own operator.
 */
function routeOf({ smsc, address, scts, pid, coding }: Deliver): string | null {
  const centre = centreOf(smsc)
  if (centre === null) return null
  const zone = /(Z|[+-]\d\d:\d\d)$/.exec(scts ?? '')?.[0] ?? 'none'
  return [centre, address.ton, address.number, zone, `pid ${pid ?? 0}`, `class ${coding?.cls ?? 'none'}`].join(', ')
}

function whole({ gateway, sim, source, from, encoding, scts, centre, route, receivedAt }: KeptPart) {
  // Segments that an older version kept lack some of it.
  const shown = { centre: centre ?? null, route: route ?? null }
  return { gateway, sim, source: source ?? 'storage', from, encoding, scts, ...shown, receivedAt }
}
