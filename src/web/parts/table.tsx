import type { ComponentChildren } from 'preact'

export interface Column<T> {
  readonly label: string
  readonly cell: (row: T) => ComponentChildren
  /** At the end of the row, for figures and buttons. */
  readonly isEnd?: boolean
  /** Shown without its label where rows are cards. */
  readonly isBare?: boolean
}

interface TableProps<T> {
  readonly caption: string
  readonly columns: readonly Column<T>[]
  readonly rows: readonly T[]
  readonly idOf: (row: T) => string
}

const classOf = ({ isEnd = false, isBare = false }: Pick<Column<never>, 'isEnd' | 'isBare'>): string | undefined =>
  [isEnd ? 'end' : '', isBare ? 'bare' : ''].filter(Boolean).join(' ') || undefined

/** Rows in columns; on narrow screens each row is a card. */
export function Table<T>({ caption, columns, rows, idOf }: TableProps<T>) {
  return (
    <div class="table-box">
      <table class="table">
        <caption class="unseen">{caption}</caption>
        <thead>
          <tr>
            {columns.map((column) => (
              <th key={column.label} scope="col" class={classOf(column)}>
                {column.label}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={idOf(row)}>
              {columns.map((column) => (
                <td key={column.label} data-label={column.label} class={classOf(column)}>
                  <div>{column.cell(row)}</div>
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
