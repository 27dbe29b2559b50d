import { type Device, mayUse, messagesOf } from '../device.ts'
import { nothingFound, setValues } from '../pattern/match.ts'
import { type Message, message } from '../schema/message.ts'
import { type ReadContext, type Reading, readingOf } from './reading.ts'

/** What any device may do that can call. */
const plainCall: Message = {
  ...message.parse({ call: 'true', event: 'call' }),
  proof: 'printed',
  independent: 0,
  stated: null,
}

/** The call of a device: its meaning in the profile, else the plain event. */
export function readCall(device: Device, context: ReadContext): Reading {
  const known = Object.entries(messagesOf(device)).find(([, row]) => row.call && mayUse(device, row))
  const [name, row] = known ?? ['call', plainCall]
  const reading = readingOf(device, name, row, { ...nothingFound, values: setValues(row.set) }, '', context)
  return { ...reading, event: reading.event ?? 'call', masked: 'call' }
}
