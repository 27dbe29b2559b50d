import { signal } from '@preact/signals'
import { words } from '../texts/language.ts'
import type { SpokenError } from '../texts/spoken-error.ts'
import { Button } from './button.tsx'
import { Icon } from './icon.tsx'
import { Strange } from './strange.tsx'

interface Toast {
  readonly number: number
  readonly look: 'good' | 'bad' | 'alarm'
  readonly text: string
  /** Words of the hub or of a profile, which are English. */
  readonly own?: string | null
  readonly hint: string | null
  /** Where more about it is. */
  readonly href?: string
}

const toasts = signal<readonly Toast[]>([])
let count = 0
const shownMs = 6_000
/** The oldest ones make room. */
const maxToasts = 4

function add(toast: Omit<Toast, 'number'>): number {
  const number = ++count
  toasts.value = [...toasts.value, { number, ...toast }].slice(-maxToasts)
  return number
}

const dismiss = (number: number) => {
  toasts.value = toasts.value.filter((toast) => toast.number !== number)
}

/** Something was done. */
export function notify(text: string): void {
  const number = add({ look: 'good', text, hint: null })
  setTimeout(() => dismiss(number), shownMs)
}

/** Something failed: it stays until it is dismissed. */
export function complain({ title, own, hint }: SpokenError): void {
  add({ look: 'bad', text: title, own, hint })
}

/** A device has an alarm: it is read out at once, and stays until it is dismissed. */
export function alarm(device: string, event: string, href: string): void {
  add({ look: 'alarm', text: device, own: event, hint: null, href })
}

const icons = { good: 'check', bad: 'warn', alarm: 'bolt' } as const

export function Toasts() {
  const { value } = toasts
  return (
    <div class="toasts">
      <div class="stack tight" role="status" aria-live="polite">
        {value.filter(({ look }) => look !== 'alarm').map(Shown)}
      </div>
      <div class="stack tight" role="alert">
        {value.filter(({ look }) => look === 'alarm').map(Shown)}
      </div>
    </div>
  )
}

const Shown = ({ number, look, text, own = null, hint, href }: Toast) => (
  <div key={number} class={`toast ${look}`}>
    <Icon name={icons[look]} />
    <div>
      {href === undefined ? (
        <Strange text={text} />
      ) : (
        <a href={href}>
          <Strange text={text} />
        </a>
      )}
      {own !== null && (
        <p class="small" lang="en">
          <Strange text={own} />
        </p>
      )}
      {hint && <p class="small muted">{hint}</p>}
    </div>
    <Button icon="cross" look="plain" tight label={words().common.dismiss} onClick={() => dismiss(number)} />
  </div>
)
