import { render } from 'preact'
import { followVisibility } from './api/live.ts'
import { readSession, session, sessionProblem } from './api/signed-in.ts'
import { Frame } from './frame.tsx'
import { followHomeAssistant } from './home-assistant.ts'
import { Button } from './parts/button.tsx'
import { Fault } from './parts/fault.tsx'
import { followAddress } from './router.ts'
import { FirstPassword } from './sign-in/first-password.tsx'
import { isPutOff } from './sign-in/put-off.ts'
import { SignIn } from './sign-in/sign-in.tsx'
import { preferredLanguage, setLanguage, words } from './texts/language.ts'
import { keepTime } from './texts/times.ts'

function Page() {
  const { value } = session
  if (value === null)
    return sessionProblem.value === null ? null : (
      <main class="door">
        <Fault problem={sessionProblem.value} />
        <Button icon="reload" onClick={readSession}>
          {words().common.again}
        </Button>
      </main>
    )
  if (value.caller === null) return <SignIn session={value} />
  if (value.password_needed && !isPutOff.value) return <FirstPassword />
  return <Frame />
}

followAddress()
followHomeAssistant()
followVisibility()
keepTime()
await setLanguage(preferredLanguage())
render(<Page />, document.getElementById('page') as HTMLElement)
await readSession()
