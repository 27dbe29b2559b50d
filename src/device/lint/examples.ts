import { Fault } from '../../message/fault.ts'
import type { Values } from '../../message/values.ts'
import type { ReadContext } from '../receive/reading.ts'
import { fitted } from '../vocabulary/vocabulary.ts'

/** The time of examples, unless they give one. */
export const exampleTime = '2026-01-01T00:00:00Z'

/** Examples are read without a date, unless they give the network's stamp. */
export const contextOf = (scts: string | undefined): ReadContext => ({ receivedAt: null, scts: scts ?? null })

/** How the values of a text differ from those that an example states; '' when they agree. */
export function difference(stated: Readonly<Record<string, string>>, values: Values, event: string | null): string {
  const wrong = Object.entries(stated).flatMap(([field, text]) => {
    const actual = field === 'event' ? event : (values[field] ?? null)
    const wanted = field === 'event' ? text : fitted(field, text)
    return actual === wanted && actual !== null
      ? []
      : [`${field} is ${JSON.stringify(actual)}, not ${JSON.stringify(wanted ?? text)}`]
  })
  return wrong.join('; ')
}

/** The message of a failure, or null. */
export function failure(act: () => unknown): string | null {
  try {
    act()
    return null
  } catch (error) {
    return Fault.from(error).message
  }
}
