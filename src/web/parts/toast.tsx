import { signal } from '@preact/signals'
import type { Problem } from '../api/api-problem.ts'
import { words } from '../texts/language.ts'
import { Button } from './button.tsx'
import { Icon } from './icon.tsx'
import { Strange } from './strange.tsx'

interface Toast {
  readonly number: number
  readonly look: 'good' | 'bad'
  readonly text: string
  readonly hint: string | null
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
export function complain({ message, hint }: Pick<Problem, 'message' | 'hint'>): void {
  add({ look: 'bad', text: message, hint })
}

export function Toasts() {
  return (
    <div class="toasts" role="status" aria-live="polite">
      {toasts.value.map(({ number, look, text, hint }) => (
        <div key={number} class={`toast ${look}`}>
          <Icon name={look === 'good' ? 'check' : 'warn'} />
          <div>
            <Strange text={text} />
            {hint && <p class="small muted">{hint}</p>}
          </div>
          <Button icon="cross" look="plain" tight label={words().common.dismiss} onClick={() => dismiss(number)} />
        </div>
      ))}
    </div>
  )
}
