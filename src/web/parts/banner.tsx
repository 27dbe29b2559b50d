import type { ComponentChildren } from 'preact'
import { Icon, type IconName } from './icon.tsx'

interface BannerProps {
  readonly tone: 'warn' | 'bad' | 'calm'
  readonly icon: IconName
  /** Read out when it appears: at once, or in its turn. */
  readonly role?: 'alert' | 'status'
  readonly children: ComponentChildren
}

/** Something above the rest of a screen that its reader has to know. */
export function Banner({ tone, icon, role, children }: BannerProps) {
  return (
    <div class={`banner ${tone}`} role={role}>
      <Icon name={icon} />
      <div class="row">{children}</div>
    </div>
  )
}
