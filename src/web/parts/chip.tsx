import type { ComponentChildren } from 'preact'
import { words } from '../texts/language.ts'
import { Icon, type IconName } from './icon.tsx'

export type Tone = 'plain' | 'good' | 'warn' | 'bad' | 'calm'

interface ChipProps {
  readonly tone?: Tone
  readonly icon?: IconName
  readonly children: ComponentChildren
}

/** A state in a word; its colour only repeats it. */
export function Chip({ tone = 'plain', icon, children }: ChipProps) {
  return (
    <span class={tone === 'plain' ? 'chip' : `chip ${tone}`}>
      {icon && <Icon name={icon} little />}
      {children}
    </span>
  )
}

interface Look {
  readonly tone: Tone
  readonly icon: IconName
}

/** Every status of messages and commands. */
const looks = {
  queued: { tone: 'plain', icon: 'clock' },
  sending: { tone: 'calm', icon: 'send' },
  sent: { tone: 'calm', icon: 'check' },
  delivered: { tone: 'good', icon: 'double' },
  replied: { tone: 'good', icon: 'chat' },
  received: { tone: 'plain', icon: 'in' },
  unconfirmed: { tone: 'warn', icon: 'question' },
  undelivered: { tone: 'bad', icon: 'warn' },
  failed: { tone: 'bad', icon: 'warn' },
  expired: { tone: 'warn', icon: 'clock' },
  cancelled: { tone: 'plain', icon: 'stopped' },
  rejected: { tone: 'bad', icon: 'stopped' },
  in_doubt: { tone: 'warn', icon: 'question' },
} as const satisfies Readonly<Record<string, Look>>

/** The icon of a status, where its word stands beside it. */
export const statusIcon = (status: string): IconName => (isStatus(status) ? looks[status].icon : 'check')

export type StatusWord = keyof typeof looks

export const isStatus = (word: string): word is StatusWord => Object.hasOwn(looks, word)

interface StatusProps {
  readonly status: string
  /** False where the device has refused. */
  readonly ok?: boolean | null | undefined
}

export function StatusChip({ status, ok }: StatusProps) {
  if (!isStatus(status)) return <Chip>{status}</Chip>
  const isRefused = ok === false && status === 'replied'
  const { tone, icon } = isRefused ? ({ tone: 'bad', icon: 'stopped' } as const) : looks[status]
  return (
    <Chip tone={tone} icon={icon}>
      {isRefused ? words().status.refused : words().status[status]}
    </Chip>
  )
}

const gatewayLooks = {
  initializing: { tone: 'plain', icon: 'clock' },
  ready: { tone: 'good', icon: 'check' },
  degraded: { tone: 'warn', icon: 'warn' },
  offline: { tone: 'bad', icon: 'offline' },
  no_sim: { tone: 'bad', icon: 'stopped' },
  sim_locked: { tone: 'warn', icon: 'lock' },
  error: { tone: 'bad', icon: 'warn' },
} as const satisfies Readonly<Record<string, Look>>

export function GatewayChip({ status }: { readonly status: keyof typeof gatewayLooks }) {
  const { tone, icon } = gatewayLooks[status]
  return (
    <Chip tone={tone} icon={icon}>
      {words().gatewayStatus[status]}
    </Chip>
  )
}

/** Whether a device is available; nothing where it sends nothing regularly. */
export function PresenceChip({ online }: { readonly online: boolean | null }) {
  if (online === null) return null
  return (
    <Chip tone={online ? 'good' : 'warn'} icon={online ? 'online' : 'offline'}>
      {online ? words().devices.online : words().devices.offline}
    </Chip>
  )
}
