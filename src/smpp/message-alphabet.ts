import { codingOf } from '../sms/dcs.ts'
import { decodeSeptets, encodeSeptets, isGsm7, type LanguageIdentifiers } from '../sms/gsm7.ts'
import { fillBitsAfter, packSeptets, unpackSeptets } from '../sms/septets.ts'
import { characters, octetsOfCharacters } from './smpp-fields.ts'

/**
 * What `data_coding` 0 means at an SMSC, which SMPP leaves to it: GSM 7-bit with a septet in each octet, packed as in a
 * TPDU, or another alphabet altogether.
 */
export const defaultAlphabets = ['gsm', 'packed', 'latin1', 'ascii'] as const
export type DefaultAlphabet = (typeof defaultAlphabets)[number]

/** Values of `data_coding` (SMPP 3.4 clause 5.2.19). */
export const codings = { smscDefault: 0x00, ascii: 0x01, octets: 0x04, latin1: 0x03, ucs2: 0x08 } as const

type Reads = (octets: Uint8Array, headerOctets: number, nli?: LanguageIdentifiers) => string

interface Alphabet {
  readonly read: Reads
  /** Null where it lacks a character. */
  write(text: string, headerOctets: number): Uint8Array | null
}

const gsm: Alphabet = {
  // An octet above 7F is no septet: some send Latin-1 in spite of everything.
  read: (octets, _, nli) => (octets.some((octet) => octet > 0x7f) ? characters(octets) : decodeSeptets(octets, nli)),
  write: (text) => (isGsm7(text) ? Uint8Array.from(encodeSeptets(text)) : null),
}

const septetsOf7Octets = 8

/** SMPP 3.4 clause 2.2.1.2 leaves the packing to the SMSC. */
const packed: Alphabet = {
  read: (octets, header, nli) => {
    const fillBits = fillBitsAfter(header)
    const septets = unpackSeptets(octets, Math.max(0, Math.floor((octets.length * 8 - fillBits) / 7)), fillBits)
    // Seven spare bits look like an @.
    const isSpare = septets.length % septetsOf7Octets === 0 && septets.at(-1) === 0
    return decodeSeptets(isSpare ? septets.subarray(0, -1) : septets, nli)
  },
  write: (text, header) => (isGsm7(text) ? packSeptets(encodeSeptets(text), fillBitsAfter(header)) : null),
}

const upTo = (most: number): Alphabet => ({
  read: characters,
  write: (text) => ([...text].every((one) => one.charCodeAt(0) <= most) ? octetsOfCharacters(text) : null),
})

const alphabets: Readonly<Record<DefaultAlphabet, Alphabet>> = { gsm, packed, latin1: upTo(0xff), ascii: upTo(0x7f) }

/** UTF-16BE. */
const ucs2: Reads = (octets) => {
  let text = ''
  for (let i = 0; i + 1 < octets.length; i += 2)
    text += String.fromCharCode(((octets[i] as number) << 8) | octets[i + 1]!)
  return text
}

const named = (label: string): Reads => {
  const decoder = new TextDecoder(label)
  return (octets) => decoder.decode(octets)
}

/** Alphabets by `data_coding`; the default of the SMSC apart. */
const readers: Readonly<Record<number, Reads>> = {
  [codings.ascii]: characters,
  [codings.latin1]: characters,
  5: named('shift_jis'),
  6: named('iso-8859-5'),
  7: named('iso-8859-8'),
  [codings.ucs2]: ucs2,
  14: named('euc-kr'),
}

/** The reader of a `data_coding`; null for octets that are no text. */
export function readerOf(coding: number, smscDefault: DefaultAlphabet): Reads | null {
  if (coding === codings.smscDefault) return alphabets[smscDefault].read
  const reader = readers[coding]
  if (reader !== undefined) return reader
  // From 10 on, some pass the data coding of TS 23.038 on; below, the rest is octets.
  if (coding < 0x10) return null
  const { alphabet, compressed } = codingOf(coding)
  if (compressed || alphabet === 'data') return null
  return alphabet === 'ucs2' ? ucs2 : alphabets[smscDefault].read
}

/** The octets of a text in the default alphabet of an SMSC; null where that lacks a character. */
export function inDefault(text: string, smscDefault: DefaultAlphabet, headerOctets: number): Uint8Array | null {
  return alphabets[smscDefault].write(text, headerOctets)
}

export function inUcs2(text: string): Uint8Array {
  const octets = new Uint8Array(2 * text.length)
  for (let i = 0; i < text.length; i++) octets.set([text.charCodeAt(i) >> 8, text.charCodeAt(i) & 0xff], 2 * i)
  return octets
}
