import type { Reply } from './line/channel.ts'
import { pinStateIn } from './line/parse.ts'

/** How the SIM card is, as far as texts are concerned. */
export type Card = 'ready' | 'pin' | 'puk' | 'other_operators' | 'missing' | 'busy'

/** <code> of `+CPIN` (TS 27.007 clause 8.3): texts need nothing that PIN2 and PUK2 lock. */
const standardWords: Readonly<Record<string, Card>> = {
  READY: 'ready',
  'SIM PIN2': 'ready',
  'SIM PUK2': 'ready',
  'SIM PIN': 'pin',
  'SIM PUK': 'puk',
}

/** Words of vendors; anything else is a card that can't be used: removed, not inserted, crashed. */
const vendorWords: readonly (readonly [RegExp, Card])[] = [
  [/^PH-|PERSO/, 'other_operators'],
  [/NOT READY|BUSY|INIT|WAIT/, 'busy'],
]

/** `+CME ERROR` (TS 27.007 clause 9.2) and `+CMS ERROR` (TS 27.005 clause 3.2.5). */
const errors: Readonly<Record<number, Card>> = {
  5: 'other_operators',
  6: 'other_operators',
  7: 'other_operators',
  10: 'missing',
  11: 'pin',
  12: 'puk',
  13: 'missing',
  14: 'busy',
  15: 'missing',
  17: 'ready',
  18: 'ready',
  40: 'other_operators',
  310: 'missing',
  311: 'pin',
  312: 'other_operators',
  313: 'missing',
  314: 'busy',
  315: 'missing',
  316: 'puk',
  317: 'ready',
  318: 'ready',
  515: 'busy',
}

/** The card in the answer to `AT+CPIN?`, and its words; null for an answer that contains no state. */
export function cardIn({ lines, final }: Reply): { readonly card: Card; readonly words: string } | null {
  const word = pinStateIn(lines)?.toUpperCase() ?? ''
  if (word !== '') {
    const card = standardWords[word] ?? vendorWords.find(([pattern]) => pattern.test(word))?.[1] ?? 'missing'
    return { card, words: word }
  }
  const card = final.kind === 'error' ? errors[final.number ?? -1] : undefined
  return final.kind !== 'error' || card === undefined ? null : { card, words: final.text }
}

/** Why a card that was there serves no more, in the answer to `AT+CPIN?`; null while it does, or is only busy. */
export function cardTrouble(reply: Reply): string | null {
  const { card, words } = cardIn(reply) ?? { card: 'ready', words: '' }
  if (card === 'pin' || card === 'puk') return `the SIM is locked again (${words})`
  // A card that has been ready and is not is gone or crashed; busy it is for seconds.
  return card === 'missing' || words === 'NOT READY' ? `the SIM is gone (${words})` : null
}
