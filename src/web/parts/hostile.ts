/** A stretch of a text as it is shown: `mark` is the code of a character that can't be seen. */
export interface Stretch {
  readonly text: string
  readonly mark: boolean
}

/**
 * Characters that are invisible, or change the order of what is around them: controls, soft hyphen, zero width, marks
 * and overrides of direction, blank letters, tags, selectors of variants. Tab and line ends are shown as such. The joiner
 * and the selector within an emoji are left alone.
 */
const unseen =
  // biome-ignore lint/suspicious/noMisleadingCharacterClass: each of them is looked for alone
  /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\u2800\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff9-\ufffb\u{1d173}-\u{1d17a}\u{e0000}-\u{e01ef}]/u
const joined = /\p{Extended_Pictographic}[\ufe0f\u{1f3fb}-\u{1f3ff}]*$/u
/** What an emoji may be made of: `❤` and `1` have a selector behind them. */
const selected = /[\p{Extended_Pictographic}\d#*]$/u
/** So many marks one above the other no writing has: more of them cover the lines around them. */
const maxMarks = 5
const isMark = /^\p{Mn}$/u
const pictograph = /^\p{Extended_Pictographic}/u

/** A text of a stranger, with everything invisible in it made visible. */
export function stretchesOf(text: string): Stretch[] {
  const stretches: Stretch[] = []
  let plain = ''
  let marks = 0
  const characters = [...text]
  characters.forEach((character, at) => {
    const isJoiner = character === '\u200d' && joined.test(plain) && pictograph.test(characters[at + 1] ?? '')
    const isSelector = character === '\ufe0f' && selected.test(plain)
    marks = isMark.test(character) ? marks + 1 : 0
    if (isJoiner || isSelector || !(marks > maxMarks || unseen.test(character))) {
      plain += character
      return
    }
    if (plain !== '') stretches.push({ text: plain, mark: false })
    plain = ''
    stretches.push({ text: codeOf(character), mark: true })
  })
  if (plain !== '') stretches.push({ text: plain, mark: false })
  return stretches
}

const codeOf = (character: string): string =>
  `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`

/** The same as one string, for places that take no elements. */
export const shownText = (text: string): string =>
  stretchesOf(text)
    .map(({ text, mark }) => (mark ? `⟨${text}⟩` : text))
    .join('')
