import { useState } from 'preact/hooks'
import { signIn } from '../api/signed-in.ts'
import { useAct } from '../parts/act.ts'
import { Button } from '../parts/button.tsx'
import { Fault } from '../parts/fault.tsx'
import { TextField } from '../parts/field.tsx'
import { words } from '../texts/language.ts'
import { Door } from './door.tsx'

/** `hint`: why nobody can sign in yet. */
export function SignIn({ hint }: { readonly hint: string | null }) {
  const w = words().signIn
  const [name, setName] = useState('')
  const [password, setPassword] = useState('')
  const { isBusy, problem, run } = useAct({ isQuiet: true })
  const submit = (event: Event) => {
    event.preventDefault()
    return run(() => signIn(name.trim(), password))
  }
  if (hint !== null)
    return (
      <Door title={w.title}>
        <p>{hint}</p>
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
