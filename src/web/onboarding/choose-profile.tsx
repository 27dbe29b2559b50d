import { useMemo, useState } from 'preact/hooks'
import type { ProfileHead } from '../api/answer-types.ts'
import { calls } from '../api/hub-calls.ts'
import { useResource } from '../api/resource.ts'
import { hashOf } from '../page-place.ts'
import { LinkButton } from '../parts/button.tsx'
import { Empty } from '../parts/empty.tsx'
import { FilterSelect } from '../parts/field.tsx'
import { Head } from '../parts/head.tsx'
import { Awaited } from '../parts/listing.tsx'
import { place } from '../router.ts'
import { hubWords, words } from '../texts/language.ts'
import { wordIn } from '../texts/spoken-error.ts'
import { findProfiles } from './find-profiles.ts'

/** So many are shown; typing finds the others. */
const maxShown = 60

const none: readonly ProfileHead[] = []
const named = (kind: string): string => wordIn(hubWords()?.kinds, kind) ?? kind.replaceAll('_', ' ')

/** Chooses the profile of a new device, by its maker and model. */
export function ChooseProfile() {
  const w = words()
  const { data, problem } = useResource(calls.profiles, {})
  const [typed, setTyped] = useState('')
  const [kind, setKind] = useState('')
  const all = data?.profiles ?? none
  const kinds = useMemo(() => [...new Set(all.map((profile) => profile.kind))].sort(), [all])
  const found = useMemo(
    () => findProfiles(all, typed).filter((profile) => kind === '' || profile.kind === kind),
    [all, typed, kind],
  )
  const choices = [
    { value: '', label: w.onboarding.allKinds },
    ...kinds.map((value) => ({ value, label: named(value) })),
  ]
  return (
    <>
      <Head title={w.onboarding.whichDevice} up="#/devices" />
      <div class="filters">
        <input
          class="entry search"
          type="search"
          aria-label={w.onboarding.findProfile}
          placeholder={w.onboarding.findProfile}
          value={typed}
          onInput={(event) => setTyped(event.currentTarget.value)}
        />
        <FilterSelect label={w.onboarding.kind} value={kind} choices={choices} onInput={setKind} />
      </div>
      <div class="stack">
        {data === null && <Awaited problem={problem} />}
        {data !== null && found.length === 0 && (
          <Empty icon="search" title={w.common.nothingFound}>
            <p>{w.onboarding.ownProfile}</p>
          </Empty>
        )}
        <ul class="grid">
          {found.slice(0, maxShown).map((profile) => (
            <li key={profile.profile}>
              <Card profile={profile} />
            </li>
          ))}
        </ul>
        {data !== null && <p class="small muted">{w.onboarding.found(found.length)}</p>}
      </div>
    </>
  )
}

/** Models on a card; further ones are found by typing. */
const maxModels = 6

function Card({ profile }: { readonly profile: ProfileHead }) {
  const { manufacturer, family, models, kind } = profile
  const { number } = place.value.query
  return (
    <article class="card stack tight whole">
      <h2>
        {manufacturer} {family}
      </h2>
      <p class="small muted">{named(kind)}</p>
      <p class="small">{models.slice(0, maxModels).join(', ')}</p>
      <div class="row">
        <LinkButton tight href={hashOf(['onboarding', 'device', ...profile.profile.split('/')], { number })}>
          {words().onboarding.choose}
          <span class="unseen"> {family}</span>
        </LinkButton>
      </div>
    </article>
  )
}
