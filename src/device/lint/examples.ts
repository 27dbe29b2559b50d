import { Fault } from '../../message/fault.ts'
import type { Values } from '../../message/values.ts'
import type { ReadContext } from '../receive/read.ts'
import { fitted } from '../vocabulary/vocabulary.ts'

/** When examples happen, unless they say. */
export const exampleTime = '2026-01-01T00:00:00Z'

/** Examples are read without a date of their own, unless they give the network's stamp. */
export const contextOf = (scts: string | undefined): ReadContext => ({ receivedAt: null, scts: scts ?? null })

/** What an example states and the text does not say, in words; '' when it says all of it. */
export function difference(stated: Readonly<Record<string, string>>, values: Values, event: string | null): string {
  const wrong = Object.entries(stated).flatMap(([field, text]) => {
    const said = field === 'event' ? event : (values[field] ?? null)
    const wanted = field === 'event' ? text : fitted(field, text)
    return said === wanted && said !== null
      ? []
      : [`${field} is ${JSON.stringify(said)}, not ${JSON.stringify(wanted ?? text)}`]
  })
  return wrong.join('; ')
}

/** The message of whatever went wrong, or null. */
export function failure(act: () => unknown): string | null {
  try {
    act()
    return null
  } catch (error) {
    return Fault.from(error).message
  }
}
