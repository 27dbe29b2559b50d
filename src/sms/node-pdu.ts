import { Submit, utils } from 'node-pdu'
import type { Address } from '../message/address.ts'
import type { InformationElement } from './header.ts'
import { hexOf } from './octets.ts'
import { typeOfAddressOf } from './tp-address.ts'

/** An SMS-SUBMIT with every field decided: nothing is left for node-pdu to guess. */
export interface SubmitFrame {
  readonly smsc: Address | null
  readonly to: Address
  readonly statusReportRequest: boolean
  readonly rejectDuplicates: boolean
  readonly messageReference: number
  readonly dcs: number
  /** TP-VP in relative format. */
  readonly validity: number | null
  readonly udl: number
  /** Elements of the user data header, empty for none. */
  readonly udh: readonly InformationElement[]
  /** The user data after the header. */
  readonly body: Uint8Array
}

/** The PDU of a frame in hex. Objects of node-pdu keep state, so each frame has its own. */
export function frameSubmit(frame: SubmitFrame): string {
  const { VPF_NONE, VPF_RELATIVE } = utils.PDUType
  const submit = new Submit(numberOf(frame.to, true), new utils.Data(), {
    type: new utils.SubmitType({
      userDataHeader: Number(frame.udh.length > 0),
      statusReportRequest: Number(frame.statusReportRequest),
      rejectDuplicates: Number(frame.rejectDuplicates),
      validityPeriodFormat: frame.validity === null ? VPF_NONE : VPF_RELATIVE,
    }),
    serviceCenterAddress: frame.smsc ? numberOf(frame.smsc, false) : new utils.SCA(false),
    messageReference: frame.messageReference,
    dataCodingScheme: new RawDCS(frame.dcs),
    validityPeriod: new RawVP(frame.validity),
  })
  const udh = frame.udh.map(({ iei, data }) => ({ type: iei, dataHex: data }))
  const header = udh.length > 0 ? new utils.Header(udh) : undefined
  return new utils.Part(hexOf(frame.body), frame.udl, '', header).toString(submit)
}

/** The address with its type: from a string, node-pdu guesses the type and cuts any number with 00 in it. */
function numberOf(address: Address, countsDigits: boolean): utils.SCA {
  const type = new utils.SCAType(typeOfAddressOf(address))
  return new utils.SCA(countsDigits, { type }).setPhone(address.number, false, !countsDigits)
}

/** node-pdu reads message class 0 as none. */
class RawDCS extends utils.DCS {
  readonly #octet: number

  constructor(octet: number) {
    super()
    this.#octet = octet
  }

  override getValue(): number {
    return this.#octet
  }
}

/** node-pdu miscalculates periods, and sets TP-VPF after writing the first octet. */
class RawVP extends utils.VP {
  readonly #octet: number | null

  constructor(octet: number | null) {
    super()
    this.#octet = octet
  }

  override toString(): string {
    return this.#octet === null ? '' : hexOf([this.#octet])
  }
}
