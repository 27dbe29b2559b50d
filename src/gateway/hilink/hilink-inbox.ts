import type { Brought } from '../../carrier/read-webhook.ts'
import { elementsOf, requestOf, valueOfElement } from './hilink-xml.ts'

/** Messages of one page; more are refused. */
export const pageSize = 20

/** The newest messages of the inbox in the box. */
export const listRequest = requestOf([
  ['PageIndex', 1],
  ['ReadCount', pageSize],
  ['BoxType', 1],
  ['SortType', 0],
  ['Ascending', 0],
  ['UnreadPreferred', 0],
])

export const deleteRequest = (index: string): string => requestOf([['Index', index]])

export interface Listed {
  readonly index: string
  /** Null for a report, which does not name its text. */
  readonly text: Extract<Brought, { kind: 'text' }> | null
}

/** `SmsType` of reports: delivered and failed. */
const reportTypes = ['7', '8']

/** What a list holds, the oldest first. An index is used again, so that a text is known by its time and words too. */
export function listedIn(xml: string): Listed[] {
  return elementsOf(xml, 'Message')
    .flatMap((message): Listed[] => {
      const [index, from, text, date, type] = ['Index', 'Phone', 'Content', 'Date', 'SmsType'].map((name) =>
        valueOfElement(message, name),
      )
      if (!index) return []
      if (type && reportTypes.includes(type)) return [{ index, text: null }]
      const id = JSON.stringify([index, date, from, text])
      return [{ index, text: { kind: 'text', id, from: from ?? '', text: text ?? '', part: null } as const }]
    })
    .reverse()
}
