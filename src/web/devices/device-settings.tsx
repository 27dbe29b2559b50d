import { useState } from 'preact/hooks'
import type { DeviceOptions, DeviceView } from '../api/answer-types.ts'
import { ask } from '../api/ask.ts'
import { calls } from '../api/hub-calls.ts'
import { useResource } from '../api/resource.ts'
import { useAct } from '../parts/act.ts'
import { Button } from '../parts/button.tsx'
import { English } from '../parts/english.tsx'
import { Fault } from '../parts/fault.tsx'
import { TextField } from '../parts/field.tsx'
import { Awaited } from '../parts/listing.tsx'
import { words } from '../texts/language.ts'

interface SettingsProps {
  readonly device: DeviceView
  readonly reload: () => void
}

/** What the hub has to know of a device: its password, how it writes dates, names of its zones. */
export function DeviceSettings({ device, reload }: SettingsProps) {
  const { data, problem, reload: again } = useResource(calls.options, { id: device.id })
  if (data === null) return <Awaited problem={problem} />
  // A numbered one has as many names as the device has numbers.
  const names = Object.keys(data.settings).filter((name) => !name.includes('#'))
  if (names.length === 0) return null
  const saved = () => {
    again()
    reload()
  }
  return <SettingsForm device={device} names={names} given={data} onSaved={saved} />
}

interface FormProps {
  readonly device: DeviceView
  readonly names: readonly string[]
  readonly given: DeviceOptions
  readonly onSaved: () => void
}

function SettingsForm({ device, names, given, onSaved }: FormProps) {
  const w = words()
  const [changed, setChanged] = useState<Readonly<Record<string, string>>>({})
  const { isBusy, problem, run } = useAct({ isQuiet: true })
  const { id, revision } = device
  const save = async (event: Event) => {
    event.preventDefault()
    // What is emptied is as the profile has it.
    const settings = Object.fromEntries(
      Object.entries(changed).map(([name, value]) => [name, value.trim() === '' ? null : value.trim()]),
    )
    if (!(await run(() => ask(calls.updateDevice, { id, revision, settings }), w.common.saved))) return
    setChanged({})
    onSaved()
  }
  return (
    <form class="card form" onSubmit={save}>
      <h2>{w.options.settings}</h2>
      {names.map((name) => {
        const { label, secret = false, default: usual } = given.settings[name] ?? {}
        const own = given.options.settings?.[name] ?? ''
        return (
          <TextField
            key={name}
            label={<English>{label ?? name}</English>}
            type={secret ? 'password' : 'text'}
            hint={usual === undefined ? undefined : w.options.usually(usual)}
            // A secret is never shown: what is typed replaces it.
            {...(secret && own !== '' && { placeholder: '•••' })}
            value={changed[name] ?? (secret ? '' : own)}
            onInput={(value) => setChanged({ ...changed, [name]: value })}
            isPlain
          />
        )
      })}
      <Fault problem={problem} />
      <div class="ends">
        <Button type="submit" disabled={isBusy || Object.keys(changed).length === 0}>
          {w.common.save}
        </Button>
      </div>
    </form>
  )
}
