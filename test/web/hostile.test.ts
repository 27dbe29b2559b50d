import { describe, expect, test } from '@jest/globals'
import { shownText, stretchesOf } from '../../src/web/parts/hostile.ts'

describe('a text of a stranger', () => {
  test.each<[string, string, string]>([
    ['an override of direction', 'pay \u202egnp.exe', 'pay ⟨U+202E⟩gnp.exe'],
    ['an isolate', 'a\u2066b\u2069', 'a⟨U+2066⟩b⟨U+2069⟩'],
    ['characters without width', 'pay\u200bpal\ufeff', 'pay⟨U+200B⟩pal⟨U+FEFF⟩'],
    ['a soft hyphen', 'pay\u00adpal', 'pay⟨U+00AD⟩pal'],
    ['controls', 'a\u0000b\u001b[31m', 'a⟨U+0000⟩b⟨U+001B⟩[31m'],
    ['line separators that no browser shows', 'a\u2028b', 'a⟨U+2028⟩b'],
    ['letters that are blank', 'a\u3164b', 'a⟨U+3164⟩b'],
    ['tags that hide a text', 'hi\u{e0068}\u{e0069}', 'hi⟨U+E0068⟩⟨U+E0069⟩'],
    ['a joiner outside an emoji', 'a\u200db', 'a⟨U+200D⟩b'],
    ['selectors that hide a text', 'hi\u{e0101}\ufe01\ufe0f', 'hi⟨U+E0101⟩⟨U+FE01⟩⟨U+FE0F⟩'],
    ['a blank of Braille', 'a\u2800b', 'a⟨U+2800⟩b'],
    ['a tower of marks', `a${'\u0301'.repeat(7)}`, `a${'\u0301'.repeat(5)}⟨U+0301⟩⟨U+0301⟩`],
  ])('shows %s', (_, text, shown) => {
    expect(shownText(text)).toBe(shown)
  })

  test.each([
    'plain text, with umlauts äöü and 中文',
    'lines\nand\ttabs',
    'a family 👨‍👩‍👧 and a heart ❤️',
    'עִבְרִית',
    'ที่นี่ và Tiếng Việt',
    'key 1️⃣',
    'العربية',
    '<script>alert(1)</script>',
  ])('leaves %j as it is', (text) => {
    expect(stretchesOf(text)).toEqual([{ text, mark: false }])
  })

  test('is whole: without the marks, nothing of it is lost or changed', () => {
    const text = 'a\u202eb\u0007👍🏽\n\u200bc'
    const shown = stretchesOf(text)
    const again = shown.map(({ text: one, mark }) =>
      mark ? String.fromCodePoint(Number.parseInt(one.slice(2), 16)) : one,
    )
    expect(again.join('')).toBe(text)
  })
})
