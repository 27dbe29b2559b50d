import type { Device } from '../device/device.ts'
import { spokenTo } from '../device/layers.ts'
import type { MadeFor } from '../ledger/outbox/new-submission.ts'
import { own } from '../util/own.ts'

/**
 * What is for later is made when it is accepted: for whom, and with what, is kept until its end as hashes. One that
 * does not hold any more when its device or its contact has changed is cancelled.
 */

interface Later {
  readonly sendAt: number | null
}

type Named = readonly [kind: 'device' | 'contact', name: string]

/** A fingerprint from which nobody who has only the store can guess what it is of. */
export type Print = (...parts: readonly (string | Uint8Array)[]) => string

export interface Printing {
  readonly print: Print
}

const printOf = (made: unknown, { print }: Printing): string => print(JSON.stringify(made))

export const subjectOf = (named: Named, deps: Printing): string => printOf(named, deps)

/** Of a text to a name, and of one to a device in its requester's words. */
export const numberMade = (number: string | null, deps: Printing): string => printOf(number, deps)

/** Where a command goes, its words, and the settings that they can contain: another setting changes nothing of it. */
function commandMade(device: Device, name: string, deps: Printing): string {
  const { recipient, dialect, settings } = device
  const { profile, case: letters, phoneNumbers, frames, commands } = dialect
  // Another dialect of the device matters where it has another text.
  const text = own(spokenTo(device).dialect.commands, name)?.text
  const words = JSON.stringify([profile, letters, phoneNumbers, frames, { ...own(commands, name), text }])
  const used = Object.entries(settings).filter(([setting]) => words.includes(familyOf(setting)))
  return printOf([recipient, words, name, used.sort()], deps)
}

/** What `zone_text_3` and `zone_text_#` share. */
const familyOf = (setting: string): string => setting.replace(/_?\d+.*$/, '')

/** Null for what is wanted at once: it is sent as it was made. */
export function commandFor(
  id: string,
  command: string,
  { sendAt }: Later,
  deps: Printing & { device(id: string): Device | undefined },
): MadeFor | null {
  // As it is configured, be it that the request names another number of the hub for it.
  const found = deps.device(id)
  if (sendAt === null || found === undefined) return null
  return { subject: subjectOf(['device', id], deps), print: commandMade(found, command, deps) }
}

export const textFor = (named: Named | null, number: string, { sendAt }: Later, deps: Printing): MadeFor | null =>
  sendAt === null || named === null ? null : { subject: subjectOf(named, deps), print: numberMade(number, deps) }

/** All that holds of a device now; nothing of one that is gone. */
export function heldBy(device: Device | null, deps: Printing): readonly string[] {
  if (device === null) return []
  const commands = Object.keys(device.dialect.commands).map((name) => commandMade(device, name, deps))
  return [numberMade(device.recipient, deps), ...commands]
}
