import type { Address } from '../message/address.ts'
import type { DataCoding } from './dcs.ts'
import type { HeaderMeaning, InformationElement } from './header.ts'
import type { StatusClass } from './tp-status.ts'
import type { Validity } from './validity.ts'

/** A decoded PDU. Times are ISO 8601 with the sender's offset, octet strings upper case hex. */
export type Tpdu = Deliver | Submit | StatusReport

/** SMS-DELIVER: a text from the network (TS 23.040 clause 9.2.2.1). */
export interface Deliver extends Frame, Content, ServiceCentreTime {
  readonly type: 'deliver'
  readonly moreMessages: boolean
  readonly replyPath: boolean
  readonly statusReportIndication: boolean
  /** TP-OA, the originator. */
  readonly address: Address
  readonly pid: number
  readonly dcs: number
  readonly coding: DataCoding
  readonly udl: number
}

/** SMS-SUBMIT: a text to the network (clause 9.2.2.2). */
export interface Submit extends Frame, Content {
  readonly type: 'submit'
  readonly rejectDuplicates: boolean
  readonly replyPath: boolean
  readonly statusReportRequest: boolean
  /** TP-MR. */
  readonly mr: number
  /** TP-DA, the destination. */
  readonly address: Address
  readonly pid: number
  readonly dcs: number
  readonly coding: DataCoding
  readonly vp: Validity | null
  readonly udl: number
}

/** SMS-STATUS-REPORT: the delivery report of a text (clause 9.2.2.3). All fields from `pi` on are optional. */
export interface StatusReport extends Frame, Content, ServiceCentreTime {
  readonly type: 'statusReport'
  readonly moreMessages: boolean
  readonly statusReportQualifier: boolean
  /** TP-MR of the SUBMIT. */
  readonly mr: number
  /** TP-RA, the recipient. */
  readonly address: Address
  /** TP-DT: when the message arrived, or was last tried; `null` if invalid, with the octets beside it. */
  readonly dischargeTime: string | null
  readonly dischargeTimeRaw?: string
  readonly status: number
  readonly statusClass: StatusClass
  readonly pi?: number
  readonly pid?: number
  readonly dcs?: number
  readonly coding?: DataCoding
  readonly udl?: number
}

export interface Frame {
  /** The service centre in front of the TPDU; `null` if it is left to the SIM. */
  readonly smsc: Address | null
  /** Octets of the TPDU: what `AT+CMGS` and `+CMT` count. */
  readonly tpduLength: number
  readonly firstOctet: number
  readonly udhi: boolean
  /** Octets after the end of the message: records on a SIM are padded. */
  readonly trailingOctets?: number
}

export interface ServiceCentreTime {
  /** TP-SCTS; `null` if it is not a valid time, with the octets beside it. */
  readonly scts: string | null
  readonly sctsRaw?: string
}

/** The user data, with either `text` or `data`; `data` is hex, also for compressed text. */
export interface Content extends HeaderMeaning {
  readonly udh?: readonly InformationElement[]
  /** The header was malformed and is left out; the text is kept. */
  readonly udhMalformed?: true
  readonly text?: string
  readonly data?: string
}

/** Input of `encodePdu`: a decoded TPDU; fields that are zero, false, absent or derived may be left out. */
export type TpduDraft = DeliverDraft | SubmitDraft | StatusReportDraft

export type DeliverDraft = Draft<Deliver, 'type' | 'address' | 'scts'>
export type SubmitDraft = Draft<Submit, 'type' | 'address'>
export type StatusReportDraft = Draft<StatusReport, 'type' | 'mr' | 'address' | 'scts' | 'dischargeTime' | 'status'>

type Draft<Type, Needed extends keyof Type> = Pick<Type, Needed> & Partial<Type>
