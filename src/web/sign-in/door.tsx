import type { ComponentChildren } from 'preact'
import { useEffect } from 'preact/hooks'
import { Toasts } from '../parts/toast.tsx'
import { LanguageChoice, ThemeChoice } from '../settings/looks.tsx'

/** The page of somebody who is not signed in yet. */
export function Door({ title, children }: { readonly title: string; readonly children: ComponentChildren }) {
  useEffect(() => {
    document.title = `${title} · smshub`
  }, [title])
  return (
    <main class="door">
      <div class="brand">
        <img src="./icon.svg" alt="" width="26" height="26" />
        smshub
      </div>
      <div class="card stack">
        <h1>{title}</h1>
        {children}
      </div>
      <div class="row spread">
        <LanguageChoice />
        <ThemeChoice />
      </div>
      <Toasts />
    </main>
  )
}
