import type { Listed } from '../device/directory.ts'
import { Fault } from '../message/fault.ts'
import type { TrustLevel } from '../message/trust.ts'
import { isWithin } from '../util/networks.ts'

/** A user, whose devices may report. */
export interface MailUser {
  /** Hash of the password (scrypt). */
  readonly password: string
  readonly devices: readonly string[]
}

/** Who is at the other end. */
export interface MailPeer {
  readonly address: string
  /** The sender of the envelope; empty for the null sender. */
  readonly sender: string
  /** Null where it has not logged in. */
  readonly user: MailUser | null
}

/** The name of the hub as a recipient, for devices that are known by their user or sender. */
export const hubName = 'smshub'

/**
 * The devices whose text a mail to this recipient is: the one that the recipient names, `<device>@` any domain; for
 * `smshub@`, the only one of the user, or those with the address of the sender. Fails with what the sender can mend.
 */
export function devicesFor(recipient: string, { sender, user }: MailPeer, all: Iterable<Listed>): string[] {
  const [name = ''] = recipient.slice(0, recipient.lastIndexOf('@')).toLowerCase().split('+')
  const may = (id: string) => user === null || user.devices.includes(id)
  const devices = [...all]
  if (devices.some(({ id }) => id === name)) {
    if (may(name)) return [name]
    throw new Fault('not_allowed', `this user reports for ${user?.devices.join(', ')}, not for ${name}`)
  }
  if (name !== hubName)
    throw new Fault('not_found', `no device is called "${name}", and no mail is passed on: send to <device>@${hubName}`)
  const known = devices.filter(({ id, numbers }) => may(id) && numbers.some((one) => isSame(one, sender)))
  if (known.length > 0) return known.map(({ id }) => id)
  if (user?.devices.length === 1) return [...user.devices]
  throw new Fault(
    'not_found',
    `no device has the address <${sender}>: send to <device>@${hubName}, or add it as number:`,
  )
}

const isSame = (one: string, other: string): boolean => one.trim().toLowerCase() === other.toLowerCase()

/** Anybody can write any sender into a mail: a password proves it, and that it came from where only the owner is. */
export function proofOf({ user, address }: MailPeer, networks: readonly string[]): TrustLevel {
  if (user !== null) return 'secret'
  return isWithin(address, networks) ? 'route' : 'stranger'
}
