import type { Message } from '../api/answer-types.ts'
import { ask } from '../api/ask.ts'
import { calls } from '../api/hub-calls.ts'
import { useAct } from '../parts/act.ts'
import { saveFile } from '../parts/save-file.ts'
import { csvOf } from './message-csv.ts'

const pageSize = 100
/** More than that is for a backup, or for a program with a key. */
const maxRows = 20_000

type Filters = Readonly<Partial<Record<'q' | 'direction' | 'status' | 'since', string>>>

/** Saves what a filter finds as a file, page by page. */
export function useExport(filters: Filters): { readonly isBusy: boolean; save(): void } {
  const { isBusy, run } = useAct()
  const save = () => {
    run(async () => {
      const rows: Message[] = []
      let cursor: string | undefined
      do {
        const page = await ask(calls.messages, { ...filters, limit: pageSize, cursor })
        rows.push(...page.data)
        cursor = page.next_cursor ?? undefined
      } while (cursor !== undefined && rows.length < maxRows)
      saveFile('messages.csv', 'text/csv', csvOf(rows))
    }).catch(console.error)
  }
  return { isBusy, save }
}
