import { createHash } from 'node:crypto'
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

const printOf = (made: unknown): string =>
  createHash('sha256').update(JSON.stringify(made)).digest('base64url').slice(0, 22)

export const subjectOf = (named: Named): string => printOf(named)

/** Of a text to a name, and of one to a device in its requester's words. */
export const numberMade = (number: string | null): string => printOf(number)

/** Where a command goes, its words, and the settings that they can contain: another setting changes nothing of it. */
function commandMade(device: Device, name: string): string {
  const { recipient, dialect, settings } = device
  const { profile, case: letters, phoneNumbers, frames, commands } = dialect
  // Another dialect of the device matters where it has another text.
  const text = own(spokenTo(device).dialect.commands, name)?.text
  const words = JSON.stringify([profile, letters, phoneNumbers, frames, { ...own(commands, name), text }])
  const used = Object.entries(settings).filter(([setting]) => words.includes(familyOf(setting)))
  return printOf([recipient, words, name, used.sort()])
}

/** What `zone_text_3` and `zone_text_#` share. */
const familyOf = (setting: string): string => setting.replace(/_?\d+.*$/, '')

/** Null for what is wanted at once: it is sent as it was made. */
export function commandFor(
  id: string,
  command: string,
  { sendAt }: Later,
  { device }: { device(id: string): Device | undefined },
): MadeFor | null {
  // As it is configured, be it that the request names another number of the hub for it.
  const found = device(id)
  if (sendAt === null || found === undefined) return null
  return { subject: subjectOf(['device', id]), print: commandMade(found, command) }
}

export const textFor = (named: Named | null, number: string, { sendAt }: Later): MadeFor | null =>
  sendAt === null || named === null ? null : { subject: subjectOf(named), print: numberMade(number) }

/** All that holds of a device now; nothing of one that is gone. */
export const heldBy = (device: Device | undefined): readonly string[] =>
  device === undefined
    ? []
    : [numberMade(device.recipient), ...Object.keys(device.dialect.commands).map((name) => commandMade(device, name))]
