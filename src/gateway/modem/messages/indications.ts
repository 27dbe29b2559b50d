import { rangesIn } from '../line/ranges.ts'

/** How new texts and reports are delivered. */
export interface Way {
  readonly texts: 'stored' | 'direct' | 'lost'
  readonly reports: 'stored' | 'direct' | 'lost'
}

/**
 * Forms of `+CNMI=<mode>,<mt>,<bm>,<ds>,<bfr>` (TS 27.005 clause 3.4.1) that vendors' modems have accepted: a modem may
 * reject what it lists, and accept what it does not list.
 */
const known = [
  '2,1,0,1,0',
  '1,1,0,1,0',
  '2,1,0,2,0',
  '1,1,0,2,0',
  '1,1,0,2',
  '2,1,0,0,0',
  '1,1,0,0,0',
  '2,1,0,0,1',
  '1,1',
  '2,2,0,1,0',
  '1,2,0,1,0',
  '2,2,0,0,0',
  '1,2,0,0,0',
  '1,2,2,1,1',
  '1,2,2,2,1',
  '3,2,0,1,1',
  '3,2,0,0',
]

/** <mode>, <mt>, <bm>, <ds> and <bfr>, the best value first. Mode 0 reports nothing; pages of cell broadcast are not wanted. */
const wanted = [
  [2, 1, 3],
  [1, 2, 3],
  [0, 2, 1, 3],
  [1, 2, 0],
  [0, 1],
] as const

/** Each is a command, which takes some vendors' modems seconds. */
const maxTries = 40

/**
 * The forms in the order in which they are tried: the vendor's own, then by how texts and reports are delivered, listed
 * ones before others. Stored texts survive everything; then reports; the rest is taste.
 */
export function indicationsOf(list: string | null, own: readonly string[]): string[] {
  const offered = list === null ? [] : offeredIn(list)
  const ranked = [...offered, ...known]
    .map((cnmi, i) => ({ cnmi, rank: rankOf(cnmi), i }))
    .sort((a, b) => a.rank - b.rank || a.i - b.i)
    .map(({ cnmi }) => cnmi)
  return [...new Set([...own, ...ranked])].slice(0, maxTries)
}

/** What <mt> and <ds> do with texts and reports. */
export function wayOf(cnmi: string): Way {
  const [, mt = 0, , ds = 0] = cnmi.split(',').map(Number)
  return {
    texts: mt === 1 ? 'stored' : mt === 2 || mt === 3 ? 'direct' : 'lost',
    reports: ds === 1 ? 'direct' : ds === 2 ? 'stored' : 'lost',
  }
}

/** Whether the list holds each value of the form. */
export function isOffered(list: string, cnmi: string): boolean {
  const ranges = rangesIn(list)
  return cnmi.split(',').every((value, i) => ranges[i]?.includes(Number(value)) ?? false)
}

/** All forms of the listed values, with as many parameters as are listed, the best first. */
function offeredIn(list: string): string[] {
  const ranges = rangesIn(list).slice(0, wanted.length)
  if (ranges.length < 2) return []
  const choices = ranges.map((values, i) => {
    const good = (wanted[i] as readonly number[]).filter((value) => values.includes(value))
    return good.length > 0 ? good : [...values.slice(0, 1)]
  })
  let forms: string[] = ['']
  // Whatever <bm> and <bfr> are, the first that is listed is as good as any.
  choices.forEach((values, i) => {
    const some = i === 2 || i === 4 ? values.slice(0, 1) : values
    forms = forms.flatMap((form) => some.map((value) => (i === 0 ? `${value}` : `${form},${value}`)))
  })
  return forms
}

const textRank = { stored: 0, direct: 1, lost: 2 } as const
const reportRank = { direct: 0, stored: 1, lost: 2 } as const

/** The lower the better. */
export function rankOf(cnmi: string): number {
  const { texts, reports } = wayOf(cnmi)
  return 3 * textRank[texts] + reportRank[reports]
}
