import { allRows } from '../api/all-rows.ts'
import { ask } from '../api/ask.ts'
import { calls } from '../api/hub-calls.ts'
import { useAct } from '../parts/act.ts'
import { saveFile } from '../parts/save-file.ts'
import { complain } from '../parts/toast.tsx'
import { words } from '../texts/language.ts'
import { numberOf } from '../texts/times.ts'
import { csvOf } from './message-csv.ts'

const pageSize = 100
/** More than that is for a backup, or for a program with a key. */
const maxRows = 20_000

type Filters = Readonly<Partial<Record<'q' | 'direction' | 'status' | 'since', string>>>

/** Saves what a filter finds as a file, page by page; with a notice where that is not all. */
export function useExport(filters: Filters): { readonly isBusy: boolean; save(): void } {
  const { isBusy, run } = useAct()
  const save = () => {
    run(async () => {
      const { rows, isWhole } = await allRows(
        (cursor) => ask(calls.messages, { ...filters, limit: pageSize, cursor }),
        maxRows,
      )
      saveFile('messages.csv', 'text/csv', csvOf(rows))
      const w = words().messages
      if (!isWhole) complain({ title: w.exportCut(numberOf(maxRows)), own: null, hint: w.exportCutHint })
    }).catch(console.error)
  }
  return { isBusy, save }
}
