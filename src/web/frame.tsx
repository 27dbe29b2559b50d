import { useEffect, useState } from 'preact/hooks'
import type { LiveEvent } from './api/answer-types.ts'
import { deviceName, keepNames } from './api/device-names.ts'
import { connection, onEvent } from './api/live.ts'
import { isAtLeast, person, signOut } from './api/signed-in.ts'
import { followUnread, unread } from './conversations/unread-texts.ts'
import { hashOf } from './page-place.ts'
import { useAct } from './parts/act.ts'
import { Banner } from './parts/banner.tsx'
import { Button } from './parts/button.tsx'
import { Dialog } from './parts/dialog.tsx'
import { Icon } from './parts/icon.tsx'
import { Loading } from './parts/listing.tsx'
import { alarm, Toasts } from './parts/toast.tsx'
import { place } from './router.ts'
import type { Screen } from './screen-props.ts'
import { menu, onPhones, type ScreenName, screenOf, screens } from './screens.ts'
import { words } from './texts/language.ts'

/** The page around its screens: the menu, and the screen of the address. */
export function Frame() {
  const { path } = place.value
  const name = screenOf(path)
  useEffect(() => onEvent(showAlarm), [])
  useEffect(keepNames, [])
  useEffect(followUnread, [])
  const w = words()
  return (
    <>
      <button type="button" class="skip" onClick={() => document.getElementById('main')?.focus()}>
        {w.common.skip}
      </button>
      <div class="frame">
        <Side current={name} />
        <main class="main" id="main" tabIndex={-1}>
          <Connection />
          <Shown name={name} path={path.slice(1)} />
        </main>
        <Bottom current={name} />
      </div>
      <Toasts />
    </>
  )
}

/** What a profile marks as high is shown wherever the reader is. */
function showAlarm(event: LiveEvent | 'reset'): void {
  if (event === 'reset' || event.type !== 'device.event') return
  const { device, event_type, level, delayed } = event.data
  // One that the network has held back is over.
  if (level !== 'high' || delayed === true) return
  alarm(
    deviceName(String(device)),
    String(event_type).replaceAll('_', ' '),
    hashOf(['devices', String(device), 'events']),
  )
}

const offered = () => menu.filter((name) => isAtLeast(screens[name].least))

interface MenuProps {
  readonly current: ScreenName
}

function Side({ current }: MenuProps) {
  const w = words()
  return (
    <nav class="side" aria-label={w.common.menu}>
      <div class="brand">
        <img src="./icon.svg" alt="" width="26" height="26" />
        smshub
      </div>
      {offered().map((name) => (
        <MenuLink key={name} name={name} isCurrent={name === current} />
      ))}
      <div class="foot stack tight">
        <SignedIn />
      </div>
    </nav>
  )
}

interface MenuLinkProps {
  readonly name: ScreenName
  readonly isCurrent: boolean
}

function MenuLink({ name, isCurrent }: MenuLinkProps) {
  const w = words()
  return (
    <a href={`#/${name}`} aria-current={isCurrent ? 'page' : undefined}>
      <Icon name={screens[name].icon} />
      {w.screens[name]}
      {name === 'conversations' && <Unread />}
    </a>
  )
}

/** Conversations with texts that nobody has read. */
function Unread() {
  const { value } = unread
  if (value === 0) return null
  return (
    <span class="badge">
      {value}
      <span class="unseen"> {words().conversations.unread}</span>
    </span>
  )
}

function SignedIn() {
  const w = words()
  const value = person()
  const { isBusy, run } = useAct()
  if (value === null) return null
  return (
    <>
      <span class="small muted">{w.signIn.as(value.name.replace(/^user:/, ''))}</span>
      {value.via === 'session' && (
        <Button icon="leave" tight disabled={isBusy} onClick={() => run(signOut)}>
          {w.signIn.out}
        </Button>
      )}
    </>
  )
}

function Bottom({ current }: MenuProps) {
  const w = words()
  const [isOpen, setOpen] = useState(false)
  const all = offered()
  const shown = onPhones.filter((name) => all.includes(name))
  const rest = all.filter((name) => !shown.includes(name))
  return (
    <>
      <nav class="bottom" aria-label={w.common.menu}>
        {shown.map((name) => (
          <MenuLink key={name} name={name} isCurrent={name === current} />
        ))}
        <button
          type="button"
          aria-haspopup="dialog"
          aria-current={rest.includes(current) ? 'page' : undefined}
          onClick={() => setOpen(true)}
        >
          <Icon name="more" />
          {w.common.more}
        </button>
      </nav>
      {isOpen && (
        <Dialog title={w.common.menu} onClose={() => setOpen(false)}>
          {/* biome-ignore lint/a11y/noStaticElementInteractions: the links in it are what is used */}
          {/* biome-ignore lint/a11y/useKeyWithClickEvents: a link that is followed by key clicks too */}
          <div class="more" onClick={() => setOpen(false)}>
            {rest.map((name) => (
              <MenuLink key={name} name={name} isCurrent={name === current} />
            ))}
          </div>
          <div class="row">
            <SignedIn />
          </div>
          <div class="ends">
            <Button onClick={() => setOpen(false)}>{w.common.close}</Button>
          </div>
        </Dialog>
      )}
    </>
  )
}

function Connection() {
  const w = words()
  if (connection.value !== 'lost') return null
  return (
    <Banner tone="warn" icon="warn" role="status">
      {w.common.lost}
    </Banner>
  )
}

const loaded = new Map<ScreenName, Screen>()

function Shown({ name, path }: { readonly name: ScreenName; readonly path: readonly string[] }) {
  const [, redraw] = useState(0)
  const [failed, setFailed] = useState(false)
  useEffect(() => {
    if (loaded.has(name)) return
    setFailed(false)
    screens[name]
      .load()
      .then((screen) => {
        loaded.set(name, screen)
        redraw((count) => count + 1)
      })
      .catch((error: unknown) => {
        // Another version of the hub may run by now, with files of other names.
        console.error(error)
        setFailed(true)
      })
  }, [name])
  const Screen = loaded.get(name)
  if (Screen !== undefined) return <Screen path={path} />
  if (!failed) return <Loading />
  return (
    <Banner tone="bad" icon="warn" role="alert">
      {words().common.notLoaded}
      <Button onClick={() => location.reload()}>{words().common.reload}</Button>
    </Banner>
  )
}
