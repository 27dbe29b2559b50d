import type { Publication } from '../message/publication.ts'

/** What changed, in one word: the flows listen for it. It carries no data and may be lost. */
export type Bell = 'outbox' | 'inbox' | 'publications' | 'deadlines' | 'settings' | 'wiped' | 'erased'

/** What an operation works with: prepared statements by their text, the outbox of publications and the bells. */
export interface Tx {
  one<Row>(sql: string, ...values: unknown[]): Row | undefined
  all<Row>(sql: string, ...values: unknown[]): Row[]
  run(sql: string, ...values: unknown[]): { changes: number }
  publish(publication: Publication): void
  ring(bell: Bell): void
}
