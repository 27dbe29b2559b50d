import type { Parameter } from '../api/answer-types.ts'
import type { HubWords } from './hub-words.ts'
import { hubWords } from './language.ts'
import { wordIn } from './spoken-error.ts'

interface Accepted {
  /** In the words of its profile or of the hub, which are English; empty where there are none. */
  readonly own: string
  /** In the language of the page; empty where it has no words for it. */
  readonly taken: string
}

/** What a parameter takes, in the language of the page; in the hub's own words where it has no others. */
export function acceptedBy(parameter: Parameter, values = hubWords()?.values): Accepted {
  const { accepts, about, type, unit, list } = parameter
  const word = wordIn(values?.types, type)
  if (values === undefined || word === undefined) return { own: accepts, taken: '' }
  const size = sizeOf(parameter, values)
  const counted = size !== '' && (type === 'text' || type === 'digits') ? `${size} ${values.characters}` : size
  const limits = [counted, type === 'duration' ? undefined : unit].filter(Boolean).join(' ')
  const taken = `${list ? values.list : ''}${word}${limits === '' ? '' : ` (${limits})`}`
  return { own: about ?? '', taken }
}

function sizeOf({ min, max, length }: Parameter, { least, most, between }: HubWords['values']): string {
  if (length !== undefined) return String(length)
  if (min !== undefined) return max === undefined ? least(min) : between(min, max)
  return max === undefined ? '' : most(max)
}
