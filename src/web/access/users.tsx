import { useState } from 'preact/hooks'
import { roles } from '../../message/rights.ts'
import type { OpenSession, User } from '../api/answer-types.ts'
import { ask } from '../api/ask.ts'
import { calls } from '../api/hub-calls.ts'
import { useResource } from '../api/resource.ts'
import { useAct } from '../parts/act.ts'
import { Button } from '../parts/button.tsx'
import { Dialog } from '../parts/dialog.tsx'
import { Empty } from '../parts/empty.tsx'
import { Fault } from '../parts/fault.tsx'
import { SelectField, TextField } from '../parts/field.tsx'
import { Awaited } from '../parts/listing.tsx'
import { Strange } from '../parts/strange.tsx'
import { type Column, Table } from '../parts/table.tsx'
import { Time } from '../parts/time.tsx'
import { words } from '../texts/language.ts'
import { AccessList } from './access-list.tsx'

/** People with a password, and where they are signed in. */
export function Users() {
  const w = words()
  const list = useResource(calls.users, {})
  return (
    <div class="stack">
      <AccessList
        list={list}
        caption={w.access.tabs.users}
        about={w.access.usersAbout}
        add={w.access.addUser}
        columns={({ remove }) => userColumns(remove)}
        idOf={({ name }) => name}
        empty={<Empty icon="key" title={w.access.noUsers} />}
        form={(close, made) => <NewUser onClose={close} onMade={made} />}
        removal={({ name }) => ({
          title: w.access.removeUser(name),
          name,
          work: () => ask(calls.removeUser, { name, confirm: name }),
        })}
      />
      <Sessions />
    </div>
  )
}

function Sessions() {
  const w = words()
  const { data, problem, reload } = useResource(calls.sessions, {})
  const { isBusy, run } = useAct()
  const end = ({ id }: OpenSession) => run(() => ask(calls.endSession, { id }).then(reload), w.access.ended)
  return (
    <>
      <h2>{w.access.sessions}</h2>
      {data === null ? (
        <Awaited problem={problem} />
      ) : (
        <Table
          caption={w.access.sessions}
          columns={sessionColumns(isBusy, end)}
          rows={data.data}
          idOf={({ id }) => id}
        />
      )}
    </>
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

function NewUser({ onClose, onMade }: { readonly onClose: () => void; readonly onMade: () => void }) {
  const w = words()
  const [name, setName] = useState('')
  const [password, setPassword] = useState('')
  const [role, setRole] = useState('operator')
  const { isBusy, problem, run } = useAct({ isQuiet: true })
  const add = async (event: Event) => {
    event.preventDefault()
    if (await run(() => ask(calls.addUser, { name: name.trim(), password, role }), w.common.saved)) onMade()
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
