import type { Attachment } from './incoming.ts'
import type { TrustLevel } from './trust.ts'

/** The gateway of texts that came as mails. */
export const mailGateway = 'mail'

/** An MMS that waits at its centre, as the centre announces it. The hub does not fetch it. */
export interface ReceivedMms {
  /** The one with the number of the sender. */
  readonly device: string | null
  /** As the centre names the sender; null where it is hidden. */
  readonly from: string | null
  readonly subject: string | null
  /** Octets. */
  readonly size: number | null
  readonly expires_at: string | null
  /** Where it can be fetched, as a rule from within the mobile network only. */
  readonly url: string
}

/** A received text as published, with secrets masked. */
export interface ReceivedDocument {
  readonly id: string
  readonly from: string
  readonly device: string | null
  readonly contact?: string
  readonly from_type?: 'name'
  readonly gateway: string
  readonly trust: TrustLevel
  readonly text: string
  readonly data?: string
  readonly mms?: ReceivedMms
  /** It came as a mail, not as an SMS. */
  readonly via?: 'mail'
  readonly subject?: string
  /** Files of the mail, which are not kept. */
  readonly attachments?: readonly Attachment[]
  readonly received_at: string
  readonly smsc_at: string | null
  readonly parts: number
  /** A profile has recognised it. */
  readonly parsed: boolean
  readonly message?: string
  /** Only parts of it were read: no pattern of the profile explains it as a whole. */
  readonly reading?: 'partial'
  /** The lines and pairs from which nothing was read. */
  readonly unread?: readonly string[]
  readonly encoding: string
  readonly incomplete?: true
  readonly missing?: readonly number[]
  readonly damaged?: true
  /** A text of somebody else in this one. */
  readonly forwarded?: { readonly from: string | null; readonly text: string }
  /** The device that sent it here; `device` is the one whose text is in it. */
  readonly forwarded_by?: string
  /** Devices that share the number, where it remains open whose text it is. */
  readonly may_be_of?: readonly string[]
  readonly late_for?: unknown
}
