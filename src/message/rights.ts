/** Roles; each includes the rights of those before it. */
export const roles = ['reader', 'operator', 'home_assistant', 'admin'] as const
export type Role = (typeof roles)[number]

/** A role and its restrictions. */
export interface Rights {
  /** Without a role nothing is allowed. */
  readonly role?: Role | undefined
  /** The devices that the role is for; all without it. */
  readonly devices?: readonly string[] | undefined
  /** The only commands that may be sent. */
  readonly commands?: readonly string[] | undefined
}

/** The reach of an action, and so which restrictions apply. */
type Reach =
  | 'all' // allowed to the role, restricted or not
  | 'device' // one device
  | 'devices' // all devices
  | 'command' // something that a device does: by the name of its command, where those are restricted
  | 'hub' // shared by all: not allowed to anybody who is restricted

/**
 * All actions, with the least role that is allowed to. Only `admin` changes devices. `home_assistant` may publish
 * whatever discovery announces. An operation has a least role of its own, which is required in addition to this one.
 */
export const actions = {
  /** States of the hub and of its gateways, profiles. */
  see_hub: { least: 'reader', reach: 'all' },
  /** The state of a device, its events and results. */
  see: { least: 'reader', reach: 'device' },
  /** Discovery documents of a device. */
  see_documents: { least: 'reader', reach: 'device' },
  set: { least: 'operator', reach: 'command' },
  get: { least: 'operator', reach: 'command' },
  command: { least: 'operator', reach: 'command' },
  /** A free text to a device. */
  send: { least: 'home_assistant', reach: 'command' },
  /** The list of devices, callers. */
  see_inventory: { least: 'home_assistant', reach: 'all' },
  /** All texts, events of the hub. */
  see_texts: { least: 'home_assistant', reach: 'hub' },
  /** A text to a contact or a device. */
  text: { least: 'home_assistant', reach: 'hub' },
  /** Home Assistant's birth message. */
  greet: { least: 'home_assistant', reach: 'all' },
  /** Discovery documents of anything. */
  announce: { least: 'home_assistant', reach: 'devices' },
  /** An operation of the hub. */
  request: { least: 'reader', reach: 'hub' },
  /** Everything else, texts to any number included. */
  administer: { least: 'admin', reach: 'hub' },
} as const satisfies Readonly<Record<string, { readonly least: Role; readonly reach: Reach }>>
export type Act = keyof typeof actions
export const acts = Object.keys(actions) as Act[]

export interface Action {
  readonly act: Act
  /** Any, without a name. */
  readonly device?: string | undefined
  readonly command?: string | undefined
  /** The least role that an operation is for. */
  readonly least?: Role | undefined
}

/** Whether rights allow an action, on any interface. */
export function may(rights: Rights | null, { act, ...what }: Action): boolean {
  const role = rights?.role
  if (rights === null || role === undefined) return false
  const { least, reach } = actions[act]
  return isAtLeast(role, least) && isAtLeast(role, what.least ?? 'reader') && within[reach](rights, what)
}

/**
 * Whether rights show something in a list, a conversation or a stream: of a device, or of none (a text to or from a
 * person, something of the hub).
 */
export function sees(rights: Rights | null, device: string | null): boolean {
  return device === null ? may(rights, { act: 'see_texts' }) : may(rights, { act: 'see', device })
}

/** The only devices that rights show, for the condition of a query; null for all, and for what is of no device. */
export const shownDevices = (rights: Rights): readonly string[] | null => rights.devices ?? null

/** Whether a role includes another one; none includes any. */
export const isAtLeast = (role: Role | undefined, least: Role): boolean =>
  role !== undefined && roles.indexOf(role) >= roles.indexOf(least)

/** Whether a restriction includes a name. */
const isIn = (narrowed: readonly string[] | undefined, name: string | undefined): boolean =>
  narrowed === undefined || (name !== undefined && narrowed.includes(name))

const within: Readonly<Record<Reach, (rights: Rights, what: Omit<Action, 'act'>) => boolean>> = {
  all: () => true,
  device: ({ devices }, { device }) => isIn(devices, device),
  devices: ({ devices }) => devices === undefined,
  command: ({ devices, commands }, { device, command }) => isIn(devices, device) && isIn(commands, command),
  hub: ({ devices, commands }) => devices === undefined && commands === undefined,
}
