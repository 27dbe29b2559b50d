import { useState } from 'preact/hooks'
import { ask } from '../api/ask.ts'
import { calls } from '../api/hub-calls.ts'
import { signIn } from '../api/signed-in.ts'
import { useAct } from '../parts/act.ts'
import { Button } from '../parts/button.tsx'
import { Fault } from '../parts/fault.tsx'
import { TextField } from '../parts/field.tsx'
import { words } from '../texts/language.ts'
import { Door } from './door.tsx'
import { isPutOff } from './put-off.ts'

/** Nobody has a password yet: only this machine reaches the hub, and its owner is asked for one first. */
export function FirstPassword() {
  const w = words().signIn
  const [name, setName] = useState('admin')
  const [password, setPassword] = useState('')
  const [again, setAgain] = useState('')
  const { isBusy, problem, run } = useAct({ isQuiet: true })
  const differs = again !== '' && again !== password
  const submit = async (event: Event) => {
    event.preventDefault()
    if (again !== password) return
    await run(async () => {
      await ask(calls.addUser, { name: name.trim(), password, role: 'admin' })
      await signIn(name.trim(), password)
    })
  }
  return (
    <Door title={w.first}>
      <p>{w.firstWhy}</p>
      <form class="form" onSubmit={submit}>
        <TextField label={w.name} value={name} onInput={setName} autocomplete="username" required />
        <TextField
          label={w.newPassword}
          type="password"
          value={password}
          onInput={setPassword}
          autocomplete="new-password"
          hint={w.atLeastTen}
          required
        />
        <TextField
          label={w.repeat}
          type="password"
          value={again}
          onInput={setAgain}
          autocomplete="new-password"
          wrong={differs ? w.differs : undefined}
          required
        />
        <Fault problem={problem} />
        <div class="row spread">
          <Button look="plain" onClick={() => (isPutOff.value = true)}>
            {w.later}
          </Button>
          <Button type="submit" look="main-act" disabled={isBusy || differs}>
            {w.set}
          </Button>
        </div>
      </form>
    </Door>
  )
}
