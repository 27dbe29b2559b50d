import type { Role } from './api/answer-types.ts'
import type { IconName } from './parts/icon.tsx'
import type { Screen } from './screen-props.ts'

interface ScreenRow {
  readonly icon: IconName
  /** The least role that it is of use to. */
  readonly least: Role
  readonly load: () => Promise<Screen>
}

/** Every screen by the first level of its address, in the order of their use. Each is loaded when it is opened. */
export const screens = {
  home: { icon: 'home', least: 'reader', load: async () => (await import('./home/home.tsx')).Home },
  conversations: {
    icon: 'chat',
    least: 'reader',
    load: async () => (await import('./conversations/conversations.tsx')).Conversations,
  },
  devices: { icon: 'device', least: 'reader', load: async () => (await import('./devices/devices.tsx')).Devices },
  gateways: { icon: 'gateway', least: 'reader', load: async () => (await import('./gateways/gateways.tsx')).Gateways },
  messages: {
    icon: 'messages',
    least: 'reader',
    load: async () => (await import('./messages/messages.tsx')).Messages,
  },
  queue: { icon: 'queue', least: 'admin', load: async () => (await import('./queue/queue.tsx')).QueueScreen },
  access: { icon: 'key', least: 'admin', load: async () => (await import('./access/access.tsx')).Access },
  log: { icon: 'log', least: 'admin', load: async () => (await import('./log/log.tsx')).LogScreen },
  unknown: {
    icon: 'question',
    least: 'home_assistant',
    load: async () => (await import('./unknown/unknown.tsx')).Unknown,
  },
  settings: { icon: 'settings', least: 'reader', load: async () => (await import('./settings/settings.tsx')).Settings },
  onboarding: {
    icon: 'plus',
    least: 'admin',
    load: async () => (await import('./onboarding/onboarding.tsx')).Onboarding,
  },
} as const satisfies Readonly<Record<string, ScreenRow>>

export type ScreenName = keyof typeof screens
const names = Object.keys(screens) as ScreenName[]

export const screenOf = (path: readonly string[]): ScreenName => names.find((name) => name === path[0]) ?? 'home'

/** Reached from where something is missing. */
const besides: readonly ScreenName[] = ['unknown', 'onboarding']
/** Screens in the menu. */
export const menu: readonly ScreenName[] = names.filter((name) => !besides.includes(name))
/** Those of the bar at the bottom of a phone; the others are behind its fifth place. */
export const onPhones: readonly ScreenName[] = ['home', 'conversations', 'devices', 'gateways']
