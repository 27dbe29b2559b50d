import type { Message } from '../api/answer-types.ts'
import { contactName } from '../api/contact-names.ts'
import { deviceName } from '../api/device-names.ts'
import { hashOf } from '../page-place.ts'
import { Strange } from '../parts/strange.tsx'

/** Whom a message is from or to: a device, a contact, or a number. */
export function Correspondent({
  message,
}: {
  readonly message: Pick<Message, 'direction' | 'from' | 'to' | 'device'>
}) {
  const { direction, from, to, device } = message
  const number = direction === 'in' ? from : to
  if (device !== null) return <a href={hashOf(['devices', device])}>{deviceName(device)}</a>
  if (number === null) return <span>–</span>
  const name = contactName(number)
  return (
    <a class={name === null ? 'number' : undefined} href={hashOf(['conversations', number])}>
      <Strange text={name ?? number} />
    </a>
  )
}
