import type { Address } from '../message/address.ts'
import { assemblyKey, join, type Part } from '../sms/reassemble.ts'
import type { Deliver } from '../sms/tpdu.ts'
import type { Assembly } from '../store/assembly.ts'
import type { FiledMessage } from '../store/inbox.ts'
import type { Store } from '../store/store.ts'
import { timeOf } from './decode.ts'

/** A whole text, or what there is of one. */
export interface WholeText {
  readonly raws: readonly number[]
  readonly assembly: string | null
  readonly gateway: string
  readonly sim: string
  readonly from: Address
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
  readonly receivedAt: number
}

/** A message of its own at once, a segment when its set is complete; null while segments are missing. */
export async function reassemble(
  store: Store,
  raw: FiledMessage,
  tpdu: Deliver,
  damaged: boolean,
): Promise<WholeText | null> {
  const kept = keep(raw, tpdu)
  const key = assemblyKey(tpdu, raw.sim)
  if (key === null || tpdu.concat === undefined) {
    return {
      ...whole(kept),
      raws: [raw.id],
      assembly: null,
      parts: 1,
      missing: [],
      damaged,
      text: tpdu.text ?? null,
      data: tpdu.data ?? null,
    }
  }
  const assembly = await store.run('assemble', {
    raw: raw.id,
    key,
    part: tpdu.concat.seq,
    total: tpdu.concat.total,
    scts: kept.scts ?? raw.receivedAt,
    content: JSON.stringify(kept),
    now: raw.receivedAt,
  })
  return assembly === null ? null : joined(assembly, damaged)
}

/** A set, complete or given up, as one text. */
export function joined(assembly: Assembly, damaged = false): WholeText {
  const parts = assembly.parts.map((part) => JSON.parse(part.content) as KeptPart)
  const { text, data, missing } = join(parts)
  return {
    ...whole(parts[0] as KeptPart),
    raws: assembly.parts.map((part) => part.raw),
    assembly: assembly.id,
    parts: assembly.total,
    missing,
    damaged,
    text: text ?? null,
    data: data ?? null,
  }
}

function keep(raw: FiledMessage, tpdu: Deliver): KeptPart {
  return {
    gateway: raw.gateway,
    sim: raw.sim,
    from: tpdu.address,
    encoding: tpdu.data !== undefined ? 'data' : tpdu.coding?.alphabet === 'ucs2' ? 'ucs2' : 'gsm7',
    scts: timeOf(tpdu.scts),
    receivedAt: raw.receivedAt,
    concat: tpdu.concat ?? { ref: 0, bits: 8, total: 1, seq: 1 },
    ...(tpdu.text !== undefined && { text: tpdu.text }),
    ...(tpdu.data !== undefined && { data: tpdu.data }),
  }
}

function whole({ gateway, sim, from, encoding, scts, receivedAt }: KeptPart) {
  return { gateway, sim, from, encoding, scts, receivedAt }
}
