import { describe, expect, test } from '@jest/globals'
import { mmsNotification } from '../../src/sms/mms-notification.ts'
import { hexOf } from '../../src/sms/octets.ts'

const bytes = (text: string): number[] => [...Buffer.from(text, 'latin1')]
const texts = (text: string): number[] => [...bytes(text), 0]
const withLength = (octets: readonly number[]): number[] => [
  ...(octets.length < 31 ? [octets.length] : [31, octets.length]),
  ...octets,
]
const url = texts('http://mmsc.example/a1?t=7')
const required = [0x8c, 0x82, 0x98, ...texts('T1'), 0x8d, 0x92]

/** A push with these fields (WAP-230-WSP clause 8.2.4.1): transaction, type 6, headers with their length, body. */
const pushOf = (body: readonly number[], headers: readonly number[] = [0xbe]): string =>
  hexOf([0x2a, 0x06, headers.length, ...headers, ...body])
const withFields = (...octets: number[]): string => pushOf([...required, ...octets, 0x83, ...url])
const nothing = { from: null, subject: null, size: null, expires: null, url: 'http://mmsc.example/a1?t=7' }

describe('the notification of an MMS', () => {
  test('has the sender, the subject, the size, the end and the address', () => {
    const from = withLength([0x80, ...texts('+4915112345678/TYPE=PLMN')])
    const octets = [
      0x89,
      ...from,
      0x96,
      ...texts('Garden'),
      0x8a,
      0x80,
      0x8e,
      2,
      0x74,
      0x10,
      0x88,
      5,
      0x81,
      3,
      1,
      81,
      128,
    ]
    expect(mmsNotification(withFields(...octets))).toEqual({
      from: '+4915112345678',
      subject: 'Garden',
      size: 29_712,
      expires: { after: 86_400_000 },
      url: nothing.url,
    })
  })

  test('an absolute end is a time', () => {
    expect(mmsNotification(withFields(0x88, 6, 0x80, 4, 0x69, 0, 0, 0))).toEqual({
      ...nothing,
      expires: { at: 0x69000000 * 1000 },
    })
  })

  test('a hidden sender is none, and a mail address is one', () => {
    expect(mmsNotification(withFields(0x89, 1, 0x81))).toEqual(nothing)
    const mail = withLength([0x80, ...texts('ann@example.org')])
    expect(mmsNotification(withFields(0x89, ...mail))).toEqual({ ...nothing, from: 'ann@example.org' })
  })

  test.each<[string, readonly number[], string]>([
    ['UTF-8', [0xea, ...Buffer.from('Zürich\0')], 'Zürich'],
    ['UTF-8, quoted', [0xea, 0x7f, ...Buffer.from('Ö\0')], 'Ö'],
    ['ISO 8859-1', [0x84, ...bytes('Z\xfcrich\0')], 'Zürich'],
    ['UTF-16, with a long number', [2, 0x03, 0xf7, 0, 0x5a, 0, 0xfc], 'Zü'],
    ['one that is not known', [0xff, ...texts('plain')], 'plain'],
  ])('a subject in %s', (_name, octets, subject) => {
    expect(mmsNotification(withFields(0x96, ...withLength(octets)))).toEqual({ ...nothing, subject })
  })

  test('fields that are not known are skipped, whatever their form', () => {
    const fields = [0x86, 0x81, 0xb7, 2, 1, 2, 0xb8, ...texts('x'), ...texts('X-Own'), ...texts('value')]
    expect(mmsNotification(withFields(...fields))).toEqual(nothing)
  })

  test.each<[string, readonly number[]]>([
    ['its number', [0xbe]],
    ['its name', texts('application/vnd.wap.mms-message')],
    ['its number with parameters', [3, 0xbe, 0x81, 0xea]],
    ['its name and another header', [...texts('application/vnd.wap.mms-message'), 0xaf, 0x84]],
  ])('the media type by %s', (_form, headers) => {
    expect(mmsNotification(pushOf([...required, 0x83, ...url], headers))).toEqual(nothing)
  })

  test('every other push is none', () => {
    expect(mmsNotification(pushOf([...required, 0x83, ...url], [0xae]))).toBeNull()
    expect(mmsNotification(pushOf([0x8c, 0x86, 0x83, ...url]))).toBeNull()
    expect(mmsNotification(pushOf(required))).toBeNull()
    // Service indication (WAP-167), as it was printed for programs that send one.
    expect(mmsNotification('DC0601AE02056A0045C60D0362756C6B736D732E636F6D00010356697369742042756C6B000101')).toBeNull()
  })

  test('cut off after any octet it is none, and no octet of another value breaks the reading', () => {
    const from = withLength([0x80, ...texts('+4915112345678/TYPE=PLMN')])
    const whole = withFields(0x89, ...from, 0x96, ...withLength([0xea, ...texts('Garden')]), 0x8e, 2, 0x74, 0x10)
    for (let end = 0; end < whole.length; end += 2) expect(mmsNotification(whole.slice(0, end))).toBeNull()
    for (let at = 0; at < whole.length; at += 2)
      for (const octet of ['00', '1E', '1F', '7F', '80', 'FF']) {
        const read = mmsNotification(whole.slice(0, at) + octet + whole.slice(at + 2))
        expect(read === null || typeof read.url === 'string').toBe(true)
      }
  })
})
