import { useState } from 'preact/hooks'
import { ask } from '../api/ask.ts'
import { calls } from '../api/hub-calls.ts'
import { useResource } from '../api/resource.ts'
import { isAtLeast, person } from '../api/signed-in.ts'
import { useAct } from '../parts/act.ts'
import { Button } from '../parts/button.tsx'
import { Chip } from '../parts/chip.tsx'
import { Confirm } from '../parts/dialog.tsx'
import { English } from '../parts/english.tsx'
import { Fault } from '../parts/fault.tsx'
import { TextField } from '../parts/field.tsx'
import { Head } from '../parts/head.tsx'
import { Awaited } from '../parts/listing.tsx'
import { words } from '../texts/language.ts'
import { numberOf, spanOf } from '../texts/times.ts'
import { LanguageChoice, ThemeChoice } from './looks.tsx'

export function Settings() {
  const w = words()
  return (
    <>
      <Head title={w.screens.settings} />
      <div class="stack">
        <section class="card row spread" aria-label={w.settings.looks}>
          <h2>{w.settings.looks}</h2>
          <div class="row">
            <LanguageChoice />
            <ThemeChoice />
          </div>
        </section>
        <Condition />
        <OwnPassword />
        {isAtLeast('admin') && <Program />}
        {isAtLeast('admin') && <Configuration />}
      </div>
    </>
  )
}

function Condition() {
  const w = words().settings
  const { data, problem } = useResource(calls.health, {}, { on: ['hub.clock_behind', 'hub.clock_right'] })
  if (data === null) return <Awaited problem={problem} />
  const { uptime_s, devices, queued, unpublished, store_trouble, clock } = data
  return (
    <section class="card" aria-labelledby="settings-condition">
      <header>
        <h2 id="settings-condition">{w.condition}</h2>
        {store_trouble === null && clock === 'right' ? (
          <Chip tone="good" icon="check">
            {w.fine}
          </Chip>
        ) : (
          <Chip tone="bad" icon="warn">
            {store_trouble === null ? w.clockBehind : <English>{store_trouble}</English>}
          </Chip>
        )}
      </header>
      <dl class="facts">
        <dt>{w.runsFor}</dt>
        <dd>{spanOf(uptime_s * 1000)}</dd>
        <dt>{words().screens.devices}</dt>
        <dd class="number">{numberOf(devices)}</dd>
        <dt>{words().gateways.waiting}</dt>
        <dd class="number">{numberOf(queued)}</dd>
        <dt>{w.unpublished}</dt>
        <dd class="number">{numberOf(unpublished)}</dd>
      </dl>
    </section>
  )
}

function OwnPassword() {
  const w = words()
  const value = person()
  const name = value?.via === 'session' ? value.name.replace(/^user:/, '') : null
  const [old, setOld] = useState('')
  const [fresh, setFresh] = useState('')
  const { isBusy, problem, run } = useAct({ isQuiet: true })
  if (name === null) return null
  const change = async (event: Event) => {
    event.preventDefault()
    const input = { password: fresh, old_password: old }
    if (!(await run(() => ask(calls.ownPassword, input), w.settings.passwordChanged))) return
    setOld('')
    setFresh('')
  }
  return (
    <form class="card form" onSubmit={change}>
      <h2>{w.settings.password}</h2>
      <input type="text" hidden autocomplete="username" value={name} readOnly />
      <TextField
        label={w.settings.oldPassword}
        type="password"
        autocomplete="current-password"
        value={old}
        onInput={setOld}
        required
      />
      <TextField
        label={w.signIn.newPassword}
        type="password"
        autocomplete="new-password"
        hint={w.signIn.atLeastTen}
        value={fresh}
        onInput={setFresh}
        required
      />
      <Fault problem={problem} />
      <div class="ends">
        <Button type="submit" disabled={isBusy}>
          {w.common.save}
        </Button>
      </div>
    </form>
  )
}

function Program() {
  const w = words().settings
  const [isRestarting, setRestarting] = useState(false)
  const { isBusy, run } = useAct()
  return (
    <section class="card row spread" aria-label={w.program}>
      <h2>{w.program}</h2>
      <div class="row">
        <Button icon="download" disabled={isBusy} onClick={() => run(() => ask(calls.backup, {}), w.backedUp)}>
          {w.backup}
        </Button>
        <Button icon="reload" look="danger" onClick={() => setRestarting(true)}>
          {w.restart}
        </Button>
      </div>
      {isRestarting && (
        <Confirm
          title={w.restart}
          act={w.restart}
          work={() => ask(calls.restart, {})}
          done={w.restarting}
          onClose={() => setRestarting(false)}
        >
          <p>{w.restartAbout}</p>
        </Confirm>
      )}
    </section>
  )
}

function Configuration() {
  const w = words().settings
  const { data, problem } = useResource(calls.config, {})
  if (data === null) return <Awaited problem={problem} />
  return (
    <section class="card" aria-labelledby="settings-config">
      <header>
        <h2 id="settings-config">{w.configuration}</h2>
        <span class="muted small">smshub {data.version}</span>
      </header>
      <p class="small muted">{w.inFile}</p>
      <pre class="long" tabIndex={0}>
        {JSON.stringify(data.config, null, 2)}
      </pre>
    </section>
  )
}
