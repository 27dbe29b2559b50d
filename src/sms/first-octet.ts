/** The message type indicator and the named bits of the first octet (TS 23.040 clauses 9.2.2.1 to 9.2.2.3). */
export const firstOctets = {
  deliver: {
    messageType: 0,
    bits: { moreMessages: 2, statusReportIndication: 5, udhi: 6, replyPath: 7 },
  },
  submit: {
    messageType: 1,
    bits: { rejectDuplicates: 2, statusReportRequest: 5, udhi: 6, replyPath: 7 },
  },
  statusReport: {
    messageType: 2,
    bits: { moreMessages: 2, statusReportQualifier: 5, udhi: 6 },
  },
} as const

export type TpduType = keyof typeof firstOctets

export type Flags<Type extends TpduType> = { readonly [Name in keyof (typeof firstOctets)[Type]['bits']]: boolean }

/** Clause 9.2.3.2: TP-MMS is 0 when more messages wait. */
const inverted = 'moreMessages'

const types = Object.keys(firstOctets) as TpduType[]

const flagsByOctet = Object.fromEntries(
  types.map((type) => [type, Array.from({ length: 256 }, (_, octet) => namedBits(type, octet))]),
) as unknown as { readonly [Type in TpduType]: readonly Flags<Type>[] }

/** The type of TPDU that this octet starts. Clause 9.2.3.1: a mobile reads the reserved indicator 3 as SMS-DELIVER. */
export function typeOfFirstOctet(octet: number): TpduType {
  return types.find((type) => firstOctets[type].messageType === (octet & 3)) ?? 'deliver'
}

/** The named bits of this octet. */
export function flagsIn<Type extends TpduType>(type: Type, octet: number): Flags<Type> {
  return flagsByOctet[type][octet]!
}

/** The first octet for these flags, a missing one being false; unnamed bits of `octet` are kept. */
export function firstOctetOf<Type extends TpduType>(type: Type, flags: Partial<Flags<Type>>, octet = 0): number {
  const { messageType, bits } = firstOctets[type]
  let result = (octet & ~3) | messageType
  for (const [name, bit] of Object.entries(bits)) {
    const set = (flags as Readonly<Record<string, boolean>>)[name] ?? false
    result = set !== (name === inverted) ? result | (1 << bit) : result & ~(1 << bit)
  }
  return result
}

function namedBits(type: TpduType, octet: number): Readonly<Record<string, boolean>> {
  const bits = Object.entries(firstOctets[type].bits)
  return Object.fromEntries(bits.map(([name, bit]) => [name, ((octet >> bit) & 1) !== (name === inverted ? 1 : 0)]))
}
