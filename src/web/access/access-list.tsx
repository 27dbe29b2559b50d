import type { ComponentChildren } from 'preact'
import { useState } from 'preact/hooks'
import type { Resource } from '../api/resource.ts'
import { Button } from '../parts/button.tsx'
import { Confirm } from '../parts/dialog.tsx'
import { Awaited } from '../parts/listing.tsx'
import { SecretOnce } from '../parts/secret-once.tsx'
import { type Column, Table } from '../parts/table.tsx'
import { words } from '../texts/language.ts'

/** What buttons of a row do. */
export interface RowActs<T> {
  /** Shows a new secret, and reads the list again. */
  readonly show: (secret: string) => void
  readonly remove: (row: T) => void
}

interface Removal {
  readonly title: string
  /** Has to be typed. */
  readonly name: string
  readonly work: () => Promise<unknown>
}

interface AccessListProps<T> {
  readonly list: Resource<{ readonly data: readonly T[] }>
  readonly caption: string
  /** What these are for. */
  readonly about: string
  /** The words of the button that makes one. */
  readonly add: string
  readonly columns: (acts: RowActs<T>) => readonly Column<T>[]
  readonly idOf: (row: T) => string
  readonly empty: ComponentChildren
  /** The form of a new one. `made` takes its secret, where it has one. */
  readonly form: (close: () => void, made: (secret?: string) => void) => ComponentChildren
  /** The name of its secret. */
  readonly secretTitle?: string
  readonly removal?: (row: T) => Removal
}

/** Keys, webhooks or users: what they are for, those that there are, and a new one, whose secret is shown once. */
export function AccessList<T>(props: AccessListProps<T>) {
  const { list, caption, about, add, columns, idOf, empty, form, secretTitle, removal } = props
  const w = words().access
  const [isAdding, setAdding] = useState(false)
  const [secret, setSecret] = useState<string | null>(null)
  const [removing, setRemoving] = useState<Removal | null>(null)
  const { data, problem, reload } = list
  const show = (made?: string) => {
    setAdding(false)
    setSecret(made ?? null)
    reload()
  }
  const acts: RowActs<T> = { show, remove: (row) => setRemoving(removal?.(row) ?? null) }
  return (
    <div class="stack">
      <div class="row spread">
        <p class="muted about">{about}</p>
        <Button icon="plus" look="main-act" onClick={() => setAdding(true)}>
          {add}
        </Button>
      </div>
      {data === null ? (
        <Awaited problem={problem} />
      ) : data.data.length === 0 ? (
        empty
      ) : (
        <Table caption={caption} columns={columns(acts)} rows={data.data} idOf={idOf} />
      )}
      {isAdding && form(() => setAdding(false), show)}
      {secretTitle !== undefined && secret !== null && (
        <SecretOnce title={secretTitle} secret={secret} onClose={() => setSecret(null)} />
      )}
      {removing !== null && (
        <Confirm
          {...removing}
          act={w.remove}
          done={w.removed}
          onClose={() => {
            setRemoving(null)
            reload()
          }}
        />
      )}
    </div>
  )
}
