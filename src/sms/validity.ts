import { hexOf, type OctetReader } from './octets.ts'
import { decimalIn, decimalOctet } from './semioctets.ts'
import { octetsOfTimestamp, timestampIn, timestampOctets } from './timestamp.ts'

/** TP-VP (TS 23.040 clause 9.2.3.12). `seconds` and `time` are `null` for invalid octets; `raw` is hex. */
export type Validity = RelativeValidity | AbsoluteValidity | EnhancedValidity

export interface RelativeValidity {
  readonly format: 'relative'
  readonly value: number
  readonly seconds: number
}

export interface AbsoluteValidity {
  readonly format: 'absolute'
  readonly time: string | null
  readonly raw?: string
}

export interface EnhancedValidity {
  readonly format: 'enhanced'
  readonly singleShot: boolean
  readonly extension: boolean
  readonly value?: number
  readonly seconds: number | null
}

const minuteSeconds = 60
const hourSeconds = 60 * minuteSeconds
const daySeconds = 24 * hourSeconds
const weekSeconds = 7 * daySeconds

/** Clause 9.2.3.12.1: the seconds of `first`, and the step of each further value up to `last`. */
const relativeRanges = [
  { first: 0, last: 143, seconds: 5 * minuteSeconds, step: 5 * minuteSeconds },
  { first: 144, last: 167, seconds: 12.5 * hourSeconds, step: 30 * minuteSeconds },
  { first: 168, last: 196, seconds: 2 * daySeconds, step: daySeconds },
  { first: 197, last: 255, seconds: 5 * weekSeconds, step: weekSeconds },
] as const

/** TP-VPF by its two bits, 4 and 3 of the first octet of a SUBMIT (clause 9.2.3.3). */
const formats = [null, 'enhanced', 'relative', 'absolute'] as const
const formatShift = 3

/** Octets of an enhanced validity period (clause 9.2.3.12.3). */
const enhancedOctets = 7
const extensionBit = 0x80
const singleShotBit = 0x40

/** The shortest relative validity that is not below `seconds`: at least 5 minutes, at most 63 weeks. */
export function relativeValidity(seconds: number): RelativeValidity {
  const wanted = Number.isNaN(seconds) ? 0 : seconds
  for (const range of relativeRanges) {
    const value = range.first + Math.max(0, Math.ceil((wanted - range.seconds) / range.step))
    if (value <= range.last) return relativeOf(value)
  }
  return relativeOf(255)
}

/** The seconds of a relative validity octet. */
export function secondsOfRelative(value: number): number {
  const range = relativeRanges.find(({ last }) => value <= last)!
  return range.seconds + (value - range.first) * range.step
}

/** Reads the TP-VP that the first octet of a SUBMIT announces; `null` if it announces none. */
export function readValidity(reader: OctetReader, firstOctet: number): Validity | null {
  const format = formats[(firstOctet >> formatShift) & 3]!
  if (format === 'relative') return relativeOf(reader.octet('VP'))
  if (format === 'enhanced') return enhancedIn(reader.take(enhancedOctets, 'VP'))
  if (format === null) return null
  const octets = reader.take(timestampOctets, 'VP')
  const time = timestampIn(octets)
  return { format, time, ...(time === null && { raw: hexOf(octets) }) }
}

/** The bits of the first octet and the octets of TP-VP for a validity. */
export function validityOctets(validity: Validity | null): { flags: number; octets: Iterable<number> } {
  const flags = formats.indexOf(validity?.format ?? null) << formatShift
  if (validity === null) return { flags, octets: [] }
  if (validity.format === 'relative') return { flags, octets: [validity.value] }
  if (validity.format === 'absolute') return { flags, octets: octetsOfTimestamp(validity.time, validity.raw) }
  return { flags, octets: octetsOfEnhanced(validity) }
}

function relativeOf(value: number): RelativeValidity {
  return { format: 'relative', value, seconds: secondsOfRelative(value) }
}

/**
 * Clause 9.2.3.12.3: functionality indicator, its extension if bit 7 is set, then the fields that bits 2 to 0 announce.
 */
function enhancedIn(octets: Uint8Array): EnhancedValidity {
  const indicator = octets[0]!
  const extension = (indicator & extensionBit) !== 0
  const singleShot = (indicator & singleShotBit) !== 0
  const [first = 0, second = 0, third = 0] = octets.subarray(extension ? 2 : 1)
  const common = { format: 'enhanced', singleShot, extension } as const
  switch (indicator & 7) {
    case 1:
      return { ...common, value: first, seconds: secondsOfRelative(first) }
    case 2:
      return { ...common, seconds: first }
    case 3: {
      const seconds = decimalIn(first) * hourSeconds + decimalIn(second) * minuteSeconds + decimalIn(third)
      return { ...common, seconds: Number.isNaN(seconds) ? null : seconds }
    }
    default:
      return { ...common, seconds: null }
  }
}

function octetsOfEnhanced({ singleShot, extension, value, seconds }: EnhancedValidity): number[] {
  const flags = (singleShot ? singleShotBit : 0) | (extension ? extensionBit : 0)
  const [format, ...period] = enhancedPeriod(value, seconds)
  const octets = [flags | format!, ...(extension ? [0] : []), ...period]
  return [...octets, ...Array(enhancedOctets - octets.length).fill(0)]
}

function enhancedPeriod(value: number | undefined, seconds: number | null): number[] {
  if (value !== undefined) return [1, value]
  if (seconds === null) return [0]
  if (seconds <= 255) return [2, seconds]
  return [
    3,
    ...[seconds / hourSeconds, (seconds % hourSeconds) / minuteSeconds, seconds % minuteSeconds].map((part) =>
      decimalOctet(Math.floor(part)),
    ),
  ]
}
