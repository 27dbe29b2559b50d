import type { ComponentChildren } from 'preact'
import { useEffect } from 'preact/hooks'
import { words } from '../texts/language.ts'
import { Icon } from './icon.tsx'

interface HeadProps {
  readonly title: string
  /** The place above this one. */
  readonly up?: string
  readonly beside?: ComponentChildren
  readonly children?: ComponentChildren
}

/** The title of a screen, and what can be done on it. */
export function Head({ title, up, beside, children }: HeadProps) {
  useEffect(() => {
    document.title = `${title} · smshub`
  }, [title])
  return (
    <header class="head">
      {up !== undefined && (
        <a class="button square plain" href={up} aria-label={words().common.back}>
          <Icon name="back" />
        </a>
      )}
      <div class="lead row">
        <h1 tabIndex={-1}>{title}</h1>
        {beside}
      </div>
      {children !== undefined && <div class="actions">{children}</div>}
    </header>
  )
}
