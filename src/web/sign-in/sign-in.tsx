import { useState } from 'preact/hooks'
import type { Session } from '../api/answer-types.ts'
import { signIn } from '../api/signed-in.ts'
import { useAct } from '../parts/act.ts'
import { Button } from '../parts/button.tsx'
import { Fault } from '../parts/fault.tsx'
import { TextField } from '../parts/field.tsx'
import { words } from '../texts/language.ts'
import { Door } from './door.tsx'

export function SignIn({ session }: { readonly session: Session }) {
  const w = words().signIn
  const [name, setName] = useState('')
  const [password, setPassword] = useState('')
  const { isBusy, problem, run } = useAct({ isQuiet: true })
  const submit = (event: Event) => {
    event.preventDefault()
    return run(() => signIn(name.trim(), password))
  }
  if (session.hint !== null)
    return (
      <Door title={w.title}>
        <Closed session={session} />
      </Door>
    )
  return (
    <Door title={w.title}>
      <form class="form" onSubmit={submit}>
        <TextField label={w.name} value={name} onInput={setName} autocomplete="username" required />
        <TextField
          label={w.password}
          type="password"
          value={password}
          onInput={setPassword}
          autocomplete="current-password"
          required
        />
        <Fault problem={problem} />
        <Button type="submit" look="main-act" disabled={isBusy}>
          {w.enter}
        </Button>
        <p class="small muted">{w.forgotten}</p>
      </form>
    </Door>
  )
}

/** Why nobody can sign in here, and what to do about it. */
function Closed({ session: { password_needed, admin_needed, hint } }: { readonly session: Session }) {
  const w = words().signIn
  if (password_needed)
    return (
      <>
        <p>{w.setAtHub}</p>
        <pre>{'smshub users add <name> --role admin'}</pre>
      </>
    )
  // Home Assistant names its users, wherever the page is open in it.
  return admin_needed === undefined ? <p lang="en">{hint}</p> : <p>{w.fromHomeAssistant}</p>
}
