import { expect, test } from '@jest/globals'
import { segmentText } from '../../src/sms/segment-text.ts'
import { asGsm7, transliterate } from '../../src/sms/transliterate.ts'
import { readJson } from './json.ts'

interface SegmentationVector {
  readonly id: string
  readonly pieces: readonly (readonly [text: string, times: number])[]
  readonly alphabet: 'gsm7' | 'ucs2'
  readonly ref8: Expected
  readonly ref16: Expected
}

type Expected = readonly number[] | { readonly error: 'tooLong'; readonly parts: number }

const vectors = readJson(new URL('../vectors/segmentation.json', import.meta.url)) as SegmentationVector[]

test.each([8, 16] as const)(
  'every text of the vectors is cut as expected behind a %i-bit reference',
  (referenceBits) => {
    for (const { id, pieces, alphabet, [`ref${referenceBits}` as const]: expected } of vectors) {
      const text = pieces.map(([piece, times]) => piece.repeat(times)).join('')
      if ('error' in expected) {
        const fault = expect.objectContaining({
          code: 'text_too_long',
          detail: { segments: expected.parts, most: 255 },
        })
        expect(() => segmentText(text, { referenceBits })).toThrow(fault as unknown as Error)
        continue
      }
      const cut = segmentText(text, { referenceBits })
      expect([id, cut.alphabet, cut.segments.map(({ units }) => units)]).toEqual([id, alphabet, expected])
      expect(cut.segments.map((segment) => segment.text).join('')).toBe(text)
    }
  },
)

test('an empty text is one empty segment', () => {
  expect(segmentText('')).toEqual({ alphabet: 'gsm7', segments: [{ text: '', units: 0 }] })
})

test('a text is never forced into an alphabet that lacks its characters', () => {
  const fault = expect.objectContaining({ code: 'encoding_error', detail: { characters: ['°', '😀'] } })
  expect(() => segmentText('21 °C 😀 °', { alphabet: 'gsm7' })).toThrow(fault as unknown as Error)
  expect(segmentText('plain', { alphabet: 'ucs2' })).toEqual({
    alphabet: 'ucs2',
    segments: [{ text: 'plain', units: 5 }],
  })
})

test.each([
  [
    'letters in two pieces',
    'Cafe\u0301 u\u0308ber A\u030angstro\u0308m n\u0303',
    'Caf\u00e9 \u00fcber \u00c5ngstr\u00f6m \u00f1',
  ],
  ['a blank that does not break', '21,5\u00a0C', '21,5 C'],
  ['a narrow blank that does not break', '1\u202f000', '1 000'],
  ['a tab', 'A\tB', 'A B'],
])('%s make no UCS2 of what the GSM 7-bit alphabet can say', (_, text, sent) => {
  expect(asGsm7(text)).toBe(sent)
  expect(segmentText(sent).alphabet).toBe('gsm7')
})

test('a text that needs UCS2 all the same goes as it was written', () => {
  for (const text of ['e\u0301\u00a0\u{1f600}', 'a\u00a0\u{1f468}\u200d\u{1f469}', 'x\u0301\t'])
    expect(asGsm7(text)).toBe(text)
})

test('typographic characters are made plain for those who ask for it, and all others stay', () => {
  expect(transliterate('“a” – ‘b’… 5\u00a0°C 😀')).toBe('"a" - \'b\'... 5 °C 😀')
  expect(segmentText('“a”').alphabet).toBe('ucs2')
})
