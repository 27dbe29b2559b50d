/** Data coding of the user data by TP-DCS (TS 23.038 clause 4). */
export interface DataCoding {
  readonly alphabet: 'gsm7' | 'data' | 'ucs2'
  /** Message class 0 (flash) to 3; `null` without class meaning. */
  readonly cls: number | null
  readonly compressed: boolean
  readonly autoDelete: boolean
  /** Message waiting indication. */
  readonly mwi: { readonly store: boolean; readonly active: boolean; readonly type: WaitingType } | null
  /** The octet has a reserved coding and is read as the nearest defined one, as clause 4 requires. */
  readonly reserved: boolean
}

export type WaitingType = (typeof waitingTypes)[number]

const waitingTypes = ['voicemail', 'fax', 'email', 'other'] as const

/** Bits 3 and 2 of the general data coding groups; the fourth is reserved. */
const alphabets = ['gsm7', 'data', 'ucs2', undefined] as const

/** The coding groups of message waiting, by the upper half of the octet. */
const waitingGroups: Readonly<Record<number, Pick<DataCoding, 'alphabet'> & { readonly store: boolean }>> = {
  12: { alphabet: 'gsm7', store: false },
  13: { alphabet: 'gsm7', store: true },
  14: { alphabet: 'ucs2', store: true },
}

const plain: DataCoding = {
  alphabet: 'gsm7',
  cls: null,
  compressed: false,
  autoDelete: false,
  mwi: null,
  reserved: false,
}

const codings: readonly DataCoding[] = Array.from({ length: 256 }, (_, dcs) => meaningOf(dcs))

/** The meaning of a TP-DCS octet; every octet has one. */
export function codingOf(dcs: number): DataCoding {
  return codings[dcs & 0xff]!
}

/** The TP-DCS octet of a coding: of the general groups, or of message waiting with `mwi`. */
export function dcsOf(coding: Partial<DataCoding>): number {
  const { alphabet, cls, compressed, autoDelete, mwi } = { ...plain, ...coding }
  if (mwi) {
    const group = mwi.store ? (alphabet === 'ucs2' ? 14 : 13) : 12
    return (group << 4) | (mwi.active ? 8 : 0) | waitingTypes.indexOf(mwi.type)
  }
  const flags = (autoDelete ? 0x40 : 0) | (compressed ? 0x20 : 0) | (cls === null ? 0 : 0x10 | cls)
  return flags | (alphabets.indexOf(alphabet) << 2)
}

/** Whether the user data is readable text; compressed text is passed on as octets. */
export function carriesText(coding: DataCoding): boolean {
  return coding.alphabet !== 'data' && !coding.compressed
}

/** Whether TP-UDL counts septets; compressed text is counted in octets (TS 23.040 clause 9.2.3.16). */
export function countsSeptets(coding: DataCoding): boolean {
  return coding.alphabet === 'gsm7' && !coding.compressed
}

function meaningOf(dcs: number): DataCoding {
  const group = dcs >> 4
  if (group < 8) {
    const alphabet = alphabets[(dcs >> 2) & 3]
    return {
      alphabet: alphabet ?? 'gsm7',
      cls: dcs & 0x10 ? dcs & 3 : null,
      compressed: (dcs & 0x20) !== 0,
      autoDelete: (dcs & 0x40) !== 0,
      mwi: null,
      reserved: alphabet === undefined,
    }
  }
  if (group === 15) return { ...plain, alphabet: dcs & 4 ? 'data' : 'gsm7', cls: dcs & 3, reserved: (dcs & 8) !== 0 }
  const waiting = waitingGroups[group]
  if (!waiting) return { ...plain, reserved: true }
  const mwi = { store: waiting.store, active: (dcs & 8) !== 0, type: waitingTypes[dcs & 3]! }
  return { ...plain, alphabet: waiting.alphabet, mwi }
}
