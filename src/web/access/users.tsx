import { useState } from 'preact/hooks'
import { roles } from '../../message/rights.ts'
import type { OpenSession, User } from '../api/answer-types.ts'
import { ask } from '../api/ask.ts'
import { calls } from '../api/hub-calls.ts'
import { useResource } from '../api/resource.ts'
import { useAct } from '../parts/act.ts'
import { Button } from '../parts/button.tsx'
import { Confirm, Dialog } from '../parts/dialog.tsx'
import { Fault } from '../parts/fault.tsx'
import { SelectField, TextField } from '../parts/field.tsx'
import { Loading } from '../parts/listing.tsx'
import { Strange } from '../parts/strange.tsx'
import { type Column, Table } from '../parts/table.tsx'
import { Time } from '../parts/time.tsx'
import { words } from '../texts/language.ts'

/** People with a password, and where they are signed in. */
export function Users() {
  const w = words()
  const users = useResource(calls.users, {})
  const sessions = useResource(calls.sessions, {})
  const [isAdding, setAdding] = useState(false)
  const [removing, setRemoving] = useState<User | null>(null)
  const { isBusy, run } = useAct()
  const end = ({ id }: OpenSession) => run(() => ask(calls.endSession, { id }).then(sessions.reload), w.access.ended)
  return (
    <div class="stack">
      <div class="row spread">
        <p class="muted">{w.access.usersAbout}</p>
        <Button icon="plus" look="main-act" onClick={() => setAdding(true)}>
          {w.access.addUser}
        </Button>
      </div>
      <Fault problem={users.problem} />
      {users.data === null ? (
        users.problem === null && <Loading />
      ) : (
        <Table
          caption={w.access.tabs.users}
          columns={userColumns(setRemoving)}
          rows={users.data.data}
          idOf={({ name }) => name}
        />
      )}
      <h2>{w.access.sessions}</h2>
      <Fault problem={sessions.problem} />
      {sessions.data !== null && (
        <Table
          caption={w.access.sessions}
          columns={sessionColumns(isBusy, end)}
          rows={sessions.data.data}
          idOf={({ id }) => id}
        />
      )}
      {isAdding && (
        <NewUser
          onClose={() => {
            setAdding(false)
            users.reload()
          }}
        />
      )}
      {removing !== null && (
        <Confirm
          title={w.access.removeUser(removing.name)}
          act={w.access.remove}
          name={removing.name}
          work={() => ask(calls.removeUser, { name: removing.name, confirm: removing.name })}
          done={w.access.removed}
          onClose={() => {
            setRemoving(null)
            users.reload()
          }}
        />
      )}
    </div>
  )
}

function userColumns(remove: (user: User) => void): Column<User>[] {
  const w = words()
  return [
    { label: w.signIn.name, cell: ({ name }) => <span class="strong">{name}</span> },
    { label: w.access.role, cell: ({ role }) => (role === null ? '–' : w.access.roles[role]) },
    { label: w.access.sessions, cell: ({ sessions }) => <span class="number">{sessions}</span> },
    {
      label: w.common.actions,
      isEnd: true,
      isBare: true,
      cell: (user) =>
        user.removable ? (
          <Button tight look="danger" onClick={() => remove(user)}>
            {w.access.remove}
          </Button>
        ) : (
          <span class="small muted">{w.access.userInFile}</span>
        ),
    },
  ]
}

function sessionColumns(isBusy: boolean, end: (session: OpenSession) => void): Column<OpenSession>[] {
  const w = words()
  return [
    { label: w.signIn.name, cell: ({ user }) => user },
    { label: w.access.address, cell: ({ address }) => <span class="number">{address}</span> },
    { label: w.access.browser, cell: ({ agent }) => <Strange text={agent} /> },
    { label: w.access.used, cell: ({ last_used_at }) => <Time at={last_used_at} /> },
    {
      label: w.common.actions,
      isEnd: true,
      isBare: true,
      cell: (session) => (
        <Button tight disabled={isBusy} onClick={() => end(session)}>
          {w.access.end}
        </Button>
      ),
    },
  ]
}

function NewUser({ onClose }: { readonly onClose: () => void }) {
  const w = words()
  const [name, setName] = useState('')
  const [password, setPassword] = useState('')
  const [role, setRole] = useState('operator')
  const { isBusy, problem, run } = useAct({ isQuiet: true })
  const add = async (event: Event) => {
    event.preventDefault()
    if (await run(() => ask(calls.addUser, { name: name.trim(), password, role }), w.common.saved)) onClose()
  }
  return (
    <Dialog title={w.access.addUser} onClose={onClose}>
      <form class="form" onSubmit={add}>
        <TextField label={w.signIn.name} value={name} onInput={setName} autocomplete="off" required />
        <TextField
          label={w.signIn.newPassword}
          type="password"
          hint={w.signIn.atLeastTen}
          value={password}
          onInput={setPassword}
          autocomplete="new-password"
          required
        />
        <SelectField
          label={w.access.role}
          value={role}
          choices={roles.map((value) => ({ value, label: w.access.roles[value] }))}
          onInput={setRole}
        />
        <Fault problem={problem} />
        <div class="ends">
          <Button onClick={onClose}>{w.common.cancel}</Button>
          <Button type="submit" look="main-act" disabled={isBusy}>
            {w.common.save}
          </Button>
        </div>
      </form>
    </Dialog>
  )
}
