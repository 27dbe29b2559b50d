import { useState } from 'preact/hooks'
import type { ProfileView } from '../api/answer-types.ts'
import { ask } from '../api/ask.ts'
import { calls } from '../api/hub-calls.ts'
import { useResource } from '../api/resource.ts'
import { useAct } from '../parts/act.ts'
import { Button } from '../parts/button.tsx'
import { English } from '../parts/english.tsx'
import { Fault } from '../parts/fault.tsx'
import { SelectField, TextField } from '../parts/field.tsx'
import { argumentsOf, type Entered, wrongsIn } from '../parts/form-model.ts'
import { Head } from '../parts/head.tsx'
import { Awaited } from '../parts/listing.tsx'
import { ParameterField } from '../parts/parameter-field.tsx'
import { go, place } from '../router.ts'
import { words } from '../texts/language.ts'
import { idFrom } from './id-from.ts'

interface NewDeviceProps {
  readonly manufacturer: string
  readonly family: string
}

/** The form of a new device: its name, its number, and what its profile needs. */
export function NewDevice({ manufacturer, family }: NewDeviceProps) {
  const { data, problem } = useResource(calls.profile, { manufacturer, family })
  const title = data === null ? family : `${data.manufacturer} ${data.family}`
  return (
    <>
      <Head title={title} up="#/onboarding/device" />
      {data === null ? <Awaited problem={problem} /> : <DeviceForm profile={data} />}
    </>
  )
}

function DeviceForm({ profile }: { readonly profile: ProfileView }) {
  const w = words()
  const [name, setName] = useState('')
  const [number, setNumber] = useState(place.value.query.number ?? '')
  const [variant, setVariant] = useState(profile.variants[0]?.variant ?? '')
  const [entered, setEntered] = useState<Entered>({})
  const [isTried, setTried] = useState(false)
  const { isBusy, problem, run } = useAct({ isQuiet: true })
  const wrongs = wrongsIn(profile.settings, entered)
  const id = idFrom(name)
  const tell = profile.variants.find((one) => one.variant === variant)?.tell
  const needed = profile.settings.filter(({ optional, secret }) => !optional || secret)
  const others = profile.settings.filter((setting) => !needed.includes(setting))
  const add = async (event: Event) => {
    event.preventDefault()
    setTried(true)
    if (Object.keys(wrongs).length > 0) return
    const settings = argumentsOf(profile.settings, entered)
    const row = {
      id,
      name: name.trim(),
      profile: profile.profile,
      number: number.trim(),
      ...(profile.variants.length > 1 && { variant }),
      ...(Object.keys(settings).length > 0 && { settings }),
    }
    if (await run(() => ask(calls.addDevice, row), w.onboarding.added))
      go('devices', id, ...(profile.setup_steps > 0 ? ['setup'] : []))
  }
  const fieldFor = (setting: ProfileView['settings'][number]) => (
    <ParameterField
      key={setting.name}
      parameter={setting}
      value={entered[setting.name] ?? ''}
      wrong={isTried ? wrongs[setting.name] : undefined}
      onInput={(value) => setEntered({ ...entered, [setting.name]: value })}
    />
  )
  return (
    <form class="card form narrow" onSubmit={add}>
      <TextField label={w.options.name} hint={w.onboarding.nameHint} value={name} onInput={setName} required />
      {id !== '' && <p class="small muted">{w.onboarding.idWillBe(id)}</p>}
      <TextField
        label={w.device.number}
        type="tel"
        hint={w.onboarding.numberHint}
        value={number}
        onInput={setNumber}
        isPlain
        required
      />
      {profile.variants.length > 1 && (
        <SelectField
          label={w.onboarding.variant}
          hint={<English>{tell}</English>}
          value={variant}
          choices={profile.variants.map((one) => ({ value: one.variant, label: one.label, lang: 'en' }) as const)}
          onInput={setVariant}
        />
      )}
      {needed.map(fieldFor)}
      {others.length > 0 && (
        <details>
          <summary>{w.onboarding.moreSettings(others.length)}</summary>
          <div class="form">{others.map(fieldFor)}</div>
        </details>
      )}
      <Fault problem={problem} />
      <div class="ends">
        <Button type="submit" look="main-act" disabled={isBusy || id === ''}>
          {w.devices.add}
        </Button>
      </div>
    </form>
  )
}
