/** Blocks of Unicode, first and last, of scripts that text messages are written in: a text is in one of them. */
const alphabets: readonly (readonly (readonly [number, number])[])[] = [
  // Latin with its marks
  [
    [0x0100, 0x024f],
    [0x1e00, 0x1eff],
  ],
  // Greek
  [
    [0x0370, 0x03ff],
    [0x1f00, 0x1fff],
  ],
  // Cyrillic, Armenian, Hebrew
  [[0x0400, 0x052f]],
  [[0x0530, 0x058f]],
  [[0x0590, 0x05ff]],
  // Arabic
  [
    [0x0600, 0x06ff],
    [0x0750, 0x077f],
    [0xfb50, 0xfdff],
    [0xfe70, 0xfefc],
  ],
  // Thaana, then India's: Devanagari (its danda is used in all of them), Bengali, Gurmukhi, Gujarati, Oriya, Tamil, …
  [[0x0780, 0x07bf]],
  ...Array.from({ length: 10 }, (_, n) => [
    [0x0900 + n * 0x80, 0x097f + n * 0x80] as const,
    [0x0964, 0x0965] as const,
    [0x200c, 0x200d] as const,
  ]),
  // Thai, Lao, Tibetan, Burmese, Georgian, Ethiopic, Khmer, Mongolian
  [[0x0e00, 0x0e7f]],
  [[0x0e80, 0x0eff]],
  [[0x0f00, 0x0fff]],
  [[0x1000, 0x109f]],
  [[0x10a0, 0x10ff]],
  [[0x1200, 0x139f]],
  [[0x1780, 0x17ff]],
  [[0x1800, 0x18af]],
]

/**
 * Scripts of thousands of signs take up half of Unicode: only the signs that their countries' standards hold for common
 * distinguish such a text from other hex: GB 2312 level 1, Big5 level 1, JIS X 0208 level 1, KS X 1001. Each with the
 * first and last octet of its rows, the first of its cells, and whether kana stand among them.
 */
const standards = [
  { encoding: 'gbk', rows: [0xb0, 0xd7], cell: 0xa1, kana: false },
  { encoding: 'big5', rows: [0xa4, 0xc6], cell: 0x40, kana: false },
  { encoding: 'euc-jp', rows: [0xb0, 0xcf], cell: 0xa1, kana: true },
  { encoding: 'euc-kr', rows: [0xb0, 0xc8], cell: 0xa1, kana: false },
] as const

/** Punctuation of them all, and letters of full width. */
const wide = [
  [0x3000, 0x303f],
  [0xff01, 0xffee],
] as const
const kana = [[0x3041, 0x30ff]] as const

const within = (blocks: readonly (readonly [number, number])[], unit: number): boolean =>
  blocks.some(([first, last]) => unit >= first && unit <= last)

/** Characters in texts of every script: line ends, ASCII, Latin-1, punctuation, currencies. */
export function isCommon(unit: number): boolean {
  if (unit < 0x100) return unit === 10 || unit === 13 || (unit >= 0x20 && unit < 0x7f) || unit >= 0xa0
  return unit >> 8 === 0x20 || unit === 0x2116 || unit === 0x2122
}

/** Whether one alphabet has all of them. */
export function areOfOneAlphabet(units: readonly number[]): boolean {
  return alphabets.some((blocks) => units.every((unit) => within(blocks, unit)))
}

/** Whether they are common signs of Chinese, of Japanese or of Korean. */
export function areCommonSigns(units: readonly number[]): boolean {
  return standards.some((standard) => {
    const signs = signsOf(standard)
    return units.every((unit) => signs.has(unit) || within(wide, unit) || (standard.kana && within(kana, unit)))
  })
}

const made = new Map<string, ReadonlySet<number>>()

function signsOf({ encoding, rows: [first, last], cell }: (typeof standards)[number]): ReadonlySet<number> {
  const known = made.get(encoding)
  if (known !== undefined) return known
  const octets: number[] = []
  for (let row = first; row <= last; row++) for (let at = cell; at <= 0xfe; at++) octets.push(row, at)
  const text = new TextDecoder(encoding).decode(Uint8Array.from(octets))
  const signs = new Set([...text].map((sign) => sign.charCodeAt(0)).filter(isSign))
  made.set(encoding, signs)
  return signs
}

const isSign = (unit: number): boolean => (unit >= 0x4e00 && unit <= 0x9fff) || (unit >= 0xac00 && unit <= 0xd7a3)
