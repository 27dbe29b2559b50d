import { useMemo, useState } from 'preact/hooks'
import type { ProfileHead } from '../api/answer-types.ts'
import { calls } from '../api/hub-calls.ts'
import { useResource } from '../api/resource.ts'
import { Button } from '../parts/button.tsx'
import { Empty } from '../parts/empty.tsx'
import { Fault } from '../parts/fault.tsx'
import { FilterSelect, TextField } from '../parts/field.tsx'
import { Head } from '../parts/head.tsx'
import { Loading } from '../parts/listing.tsx'
import { words } from '../texts/language.ts'
import { findProfiles } from './find-profiles.ts'
import { NewDevice } from './new-device.tsx'

/** So many are shown; typing finds the others. */
const maxShown = 60

/** Chooses the profile of a new device. */
export function AddDevice() {
  const w = words()
  const { data, problem } = useResource(calls.profiles, {})
  const [typed, setTyped] = useState('')
  const [kind, setKind] = useState('')
  const [chosen, setChosen] = useState<ProfileHead | null>(null)
  const all = data?.profiles ?? []
  const kinds = useMemo(() => [...new Set(all.map((profile) => profile.kind))].sort(), [all])
  const found = useMemo(
    () => findProfiles(all, typed).filter((profile) => kind === '' || profile.kind === kind),
    [all, typed, kind],
  )
  if (chosen !== null)
    return (
      <>
        <Head title={`${chosen.manufacturer} ${chosen.family}`} up="#/onboarding/device">
          <Button onClick={() => setChosen(null)}>{w.onboarding.other}</Button>
        </Head>
        <NewDevice head={chosen} />
      </>
    )
  return (
    <>
      <Head title={w.onboarding.whichDevice} up="#/devices" />
      <div class="stack">
        <div class="filters">
          <TextField label={w.onboarding.findProfile} type="search" value={typed} onInput={setTyped} isPlain />
          <FilterSelect
            label={w.onboarding.kind}
            value={kind}
            choices={[
              { value: '', label: w.onboarding.allKinds },
              ...kinds.map((value) => ({ value, label: value.replaceAll('_', ' ') })),
            ]}
            onInput={setKind}
          />
        </div>
        <Fault problem={problem} />
        {data === null && problem === null && <Loading />}
        {data !== null && found.length === 0 && (
          <Empty icon="search" title={w.common.nothingFound}>
            <p>{w.onboarding.ownProfile}</p>
          </Empty>
        )}
        <ul class="grid">
          {found.slice(0, maxShown).map((profile) => (
            <li key={profile.profile}>
              <Card profile={profile} onChoose={() => setChosen(profile)} />
            </li>
          ))}
        </ul>
        {data !== null && <p class="small muted">{w.onboarding.found(found.length)}</p>}
      </div>
    </>
  )
}

function Card({ profile, onChoose }: { readonly profile: ProfileHead; readonly onChoose: () => void }) {
  const { manufacturer, family, models, kind } = profile
  return (
    <article class="card stack tight whole">
      <h2>
        {manufacturer} {family}
      </h2>
      <p class="small muted">{kind.replaceAll('_', ' ')}</p>
      <p class="small">{models.slice(0, 6).join(', ')}</p>
      <div class="row">
        <Button tight onClick={onChoose}>
          {words().onboarding.choose}
          <span class="unseen"> {family}</span>
        </Button>
      </div>
    </article>
  )
}
