import type { ComponentChildren } from 'preact'
import { Icon, type IconName } from './icon.tsx'

type Look = 'usual' | 'main-act' | 'danger' | 'plain'

interface ButtonProps {
  readonly children?: ComponentChildren
  readonly icon?: IconName
  readonly look?: Look
  readonly tight?: boolean
  /** The words of a button that shows only an icon. */
  readonly label?: string
  /** It keeps the focus then, so that who uses the keyboard goes on from it. */
  readonly disabled?: boolean
  readonly type?: 'button' | 'submit'
  readonly onClick?: () => void
}

const classes = (look: Look, tight: boolean, isSquare: boolean): string =>
  ['button', look === 'usual' ? '' : look, tight ? 'tight' : '', isSquare ? 'square' : ''].filter(Boolean).join(' ')

export function Button(props: ButtonProps) {
  const { children, icon, look = 'usual', tight = false, label, disabled = false, type = 'button', onClick } = props
  return (
    <button
      type={type}
      class={classes(look, tight, children === undefined)}
      aria-label={label}
      title={label}
      aria-disabled={disabled ? 'true' : undefined}
      // Enter in a form is a click on its button, too.
      onClick={(event) => (disabled ? event.preventDefault() : onClick?.())}
    >
      {icon && <Icon name={icon} />}
      {children}
    </button>
  )
}

interface LinkProps {
  readonly children: ComponentChildren
  readonly href: string
  readonly icon?: IconName
  readonly look?: Look
  readonly tight?: boolean
  readonly download?: string
}

/** A link that looks like a button. */
export function LinkButton({ children, href, icon, look = 'usual', tight = false, download }: LinkProps) {
  return (
    <a class={classes(look, tight, false)} href={href} download={download}>
      {icon && <Icon name={icon} />}
      {children}
    </a>
  )
}
