/** The parts of `+CUSD: <m>[,<str>[,<dcs>]]` (TS 27.007 clause 7.15). */
export interface UssdAnswer {
  readonly m: number
  /** Null where there is none. */
  readonly raw: string | null
  readonly dcs: number
}

/** The GSM alphabet, where the modem reports none. */
const defaultDcs = 15

/** Reads the lines of one answer. Quotes may be missing, and the text may hold some; null for what is no answer. */
export function ussdAnswerIn(text: string): UssdAnswer | null {
  const [, m, rest] = /^\+CUSD: *"?0*(\d)"?\s*(?:,([\s\S]*))?$/.exec(text) ?? []
  if (m === undefined) return null
  const trimmed = (rest ?? '').replace(/^ +| +$/g, '')
  const quoted = /^"([\s\S]*)"\s*, *"?(\d{1,3})"? *,?$/.exec(trimmed) ?? /^"([\s\S]*)"\s*,?$/.exec(trimmed)
  const plain = /^"?([\s\S]*?)(?:, *(\d{1,3}))?$/.exec(trimmed)
  const [, raw = '', dcs] = quoted ?? plain ?? []
  return { m: Number(m), raw: trimmed === '' ? null : raw, dcs: Number(dcs ?? defaultDcs) }
}

/** Whether the answer has an end that can be seen; an unquoted text without its scheme has none. */
export function isWholeUssd(text: string): boolean {
  const rest = /^\+CUSD: *"?\d+"?\s*,\s*([\s\S]*)$/.exec(text)?.[1]
  if (rest === undefined) return /^\+CUSD: *"?\d+"?\s*$/.test(text)
  return rest.startsWith('"') ? /^"[\s\S]*"( *, *"?\d{0,3}"?)? *$/.test(rest) : /, *\d{1,3} *$/.test(rest)
}

/** Several answers to one question are parts of it. */
export function joinedUssd(answers: readonly UssdAnswer[]): UssdAnswer | null {
  const texts = answers.filter(({ raw }) => raw !== null)
  const last = texts.at(-1) ?? answers.at(-1)
  if (last === undefined) return null
  return { ...last, raw: texts.length === 0 ? null : texts.map(({ raw }) => raw).join('\n') }
}
