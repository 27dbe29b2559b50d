/** Who somebody may be to the hub: each may what those before it may. */
export const roles = ['reader', 'operator', 'home_assistant', 'admin'] as const
export type Role = (typeof roles)[number]

/** A role, and what it is narrowed to. */
export interface Rights {
  /** Nobody's without it. */
  readonly role?: Role | undefined
  /** The devices that the role is for; all without it. */
  readonly devices?: readonly string[] | undefined
  /** The only commands that may be sent. */
  readonly commands?: readonly string[] | undefined
}

/** How far an action reaches, and so what narrows it. */
type Reach =
  | 'all' // what whoever has the role may do, narrowed or not
  | 'device' // one device
  | 'devices' // all of them
  | 'deed' // something that a device does: by the name of its command, where those are narrowed
  | 'hub' // everybody's: nothing for anybody who is narrowed

/**
 * What there is to do, by the least role that may. None but `admin` changes devices. `home_assistant` may publish
 * whatever discovery announces. An operation names a role of its own, which has to be reached beside this one.
 */
export const actions = {
  /** States of the hub and of its gateways, profiles. */
  see_hub: { least: 'reader', reach: 'all' },
  /** The state of a device, its events and results. */
  see: { least: 'reader', reach: 'device' },
  /** What Home Assistant is told of a device. */
  see_documents: { least: 'reader', reach: 'device' },
  set: { least: 'operator', reach: 'deed' },
  get: { least: 'operator', reach: 'deed' },
  command: { least: 'operator', reach: 'deed' },
  /** A text to a device in words of one's own. */
  send: { least: 'home_assistant', reach: 'deed' },
  /** Who there is: the list of devices, who has called. */
  see_inventory: { least: 'home_assistant', reach: 'all' },
  /** Everybody's texts, what happens at the hub. */
  see_texts: { least: 'home_assistant', reach: 'hub' },
  /** A text to a contact or a device. */
  text: { least: 'home_assistant', reach: 'hub' },
  /** Home Assistant says that it is there. */
  greet: { least: 'home_assistant', reach: 'all' },
  /** What Home Assistant is told of anything. */
  announce: { least: 'home_assistant', reach: 'devices' },
  /** An operation of the hub. */
  request: { least: 'reader', reach: 'hub' },
  /** Whatever else there is, texts to anybody too. */
  administer: { least: 'admin', reach: 'hub' },
} as const satisfies Readonly<Record<string, { readonly least: Role; readonly reach: Reach }>>
export type Act = keyof typeof actions
export const acts = Object.keys(actions) as Act[]

export interface Action {
  readonly act: Act
  /** Whichever, without a name. */
  readonly device?: string | undefined
  readonly command?: string | undefined
  /** The least role that an operation is for. */
  readonly least?: Role | undefined
}

/** Whether somebody may do something, through whichever door. */
export function may(rights: Rights | null, { act, ...what }: Action): boolean {
  const role = rights?.role
  if (rights === null || role === undefined) return false
  const { least, reach } = actions[act]
  return isAtLeast(role, least) && isAtLeast(role, what.least ?? 'reader') && within[reach](rights, what)
}

const isAtLeast = (role: Role, least: Role): boolean => roles.indexOf(role) >= roles.indexOf(least)

/** Is it in what a role is narrowed to? */
const isIn = (narrowed: readonly string[] | undefined, name: string | undefined): boolean =>
  narrowed === undefined || (name !== undefined && narrowed.includes(name))

const within: Readonly<Record<Reach, (rights: Rights, what: Omit<Action, 'act'>) => boolean>> = {
  all: () => true,
  device: ({ devices }, { device }) => isIn(devices, device),
  devices: ({ devices }) => devices === undefined,
  deed: ({ devices, commands }, { device, command }) => isIn(devices, device) && isIn(commands, command),
  hub: ({ devices, commands }) => devices === undefined && commands === undefined,
}
