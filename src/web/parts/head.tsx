import type { ComponentChildren } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import { takeArrival } from '../router.ts'
import { words } from '../texts/language.ts'
import { Icon } from './icon.tsx'

interface HeadProps {
  readonly title: string
  /** Of a title that is not in the language of the page. */
  readonly lang?: 'en' | undefined
  /** The place above this one. */
  readonly up?: string
  readonly beside?: ComponentChildren
  readonly children?: ComponentChildren
}

/** The title of a screen, and what can be done on it. */
export function Head({ title, lang, up, beside, children }: HeadProps) {
  const heading = useRef<HTMLHeadingElement>(null)
  useEffect(() => {
    if (takeArrival()) heading.current?.focus({ preventScroll: true })
    document.title = `${title} · smshub`
  }, [title])
  return (
    <header class="head">
      <div class="lead">
        {up !== undefined && (
          <a class="button square plain" href={up} aria-label={words().common.back}>
            <Icon name="back" />
          </a>
        )}
        <div class="row">
          <h1 ref={heading} tabIndex={-1} lang={lang}>
            {title}
          </h1>
          {beside}
        </div>
      </div>
      {children !== undefined && <div class="actions">{children}</div>}
    </header>
  )
}
