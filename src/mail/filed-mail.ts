import type { Decoder, Mail } from '../message/incoming.ts'

/** The form of a filed mail: its parts as JSON, as they were read at the door. */
export const mailForm = 'mail'

export interface FiledMail extends Mail {
  /** The address of its sender. */
  readonly from: string
  /** Its text was longer than what is kept of it. */
  readonly isCut: boolean
}

export const decodeMail: Decoder = (body) => {
  const { from, isCut, ...mail } = JSON.parse(body) as FiledMail
  return {
    kind: 'text',
    segment: {
      from: { number: from, ton: 'alphanumeric', npi: 0 },
      text: [mail.subject, mail.body].filter((part) => part !== null && part !== '').join('\n'),
      encoding: 'utf8',
      mayBeText: false,
      isWapPush: false,
      concat: null,
      // The clock of a device proves nothing, and is often wrong.
      scts: null,
      centre: null,
      route: null,
      damaged: isCut,
      mail,
    },
  }
}
