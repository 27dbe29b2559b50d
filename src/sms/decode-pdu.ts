import { codingOf } from './dcs.ts'
import { flagsIn, typeOfFirstOctet } from './first-octet.ts'
import { hexOf, OctetReader, octetsOfPdu } from './octets.ts'
import { parameterIndicator } from './parameter-indicator.ts'
import { salvage } from './salvage-pdu.ts'
import { timestampIn, timestampOctets } from './timestamp.ts'
import { readAddress, readServiceCentre } from './tp-address.ts'
import { statusOf } from './tp-status.ts'
import type { Deliver, Frame, StatusReport, Submit, Tpdu } from './tpdu.ts'
import { readUserData } from './userdata.ts'
import { readValidity } from './validity.ts'

/** 0xFF in the place of TP-PI is padding of a SIM record: all its reserved bits are set. */
const filling = 0xff

/**
 * Decodes one PDU: hex in either case, the service centre address in front (TS 27.005 clause 3.1), white space around
 * it. The message type indicator is read as on the way to a mobile, and 1 as SUBMIT; the reserved 3 is read as DELIVER.
 *
 * Fails with `malformed_pdu` only: `detail.error` is one of `malformations`, `field` the TP field, `octet` the offset
 * in the PDU and `lenient`, if present, the fields that can be saved.
 */
export function decodePdu(hex: string): Tpdu {
  const reader = new OctetReader(octetsOfPdu(hex))
  const smsc = readServiceCentre(reader)
  const start = reader.position
  const firstOctet = reader.octet('MTI')
  const type = typeOfFirstOctet(firstOctet)
  const frame = { smsc, tpduLength: reader.octets.length - start, firstOctet }
  const tpdu = readers[type](reader, frame)
  if (reader.remaining > 0) tpdu.trailingOctets = reader.remaining
  return tpdu
}

type Head = Pick<Frame, 'smsc' | 'tpduLength' | 'firstOctet'>

/** A TPDU that is filled field by field: spreading objects costs microseconds. */
type Making<Type> = { -readonly [Name in keyof Type]: Type[Name] }

const readers = { deliver: readDeliver, submit: readSubmit, statusReport: readStatusReport }

/** TS 23.040 clause 9.2.2.1 */
function readDeliver(reader: OctetReader, { smsc, tpduLength, firstOctet }: Head): Making<Deliver> {
  const flags = flagsIn('deliver', firstOctet)
  const address = readAddress(reader, 'OA')
  const pid = reader.octet('PID')
  const dcs = reader.octet('DCS')
  const scts = reader.take(timestampOctets, 'SCTS')
  const deliver: Making<Deliver> = {
    smsc,
    tpduLength,
    firstOctet,
    type: 'deliver',
    moreMessages: flags.moreMessages,
    replyPath: flags.replyPath,
    udhi: flags.udhi,
    statusReportIndication: flags.statusReportIndication,
    address,
    pid,
    dcs,
    coding: codingOf(dcs),
    scts: timestampIn(scts),
    udl: reader.octet('UDL'),
  }
  if (deliver.scts === null) deliver.sctsRaw = hexOf(scts)
  return Object.assign(deliver, readUserData(reader, deliver))
}

/** TS 23.040 clause 9.2.2.2 */
function readSubmit(reader: OctetReader, { smsc, tpduLength, firstOctet }: Head): Making<Submit> {
  const flags = flagsIn('submit', firstOctet)
  const mr = reader.octet('MR')
  const address = readAddress(reader, 'DA')
  const pid = reader.octet('PID')
  const dcs = reader.octet('DCS')
  const submit: Making<Submit> = {
    smsc,
    tpduLength,
    firstOctet,
    type: 'submit',
    rejectDuplicates: flags.rejectDuplicates,
    replyPath: flags.replyPath,
    udhi: flags.udhi,
    statusReportRequest: flags.statusReportRequest,
    mr,
    address,
    pid,
    dcs,
    coding: codingOf(dcs),
    vp: readValidity(reader, firstOctet),
    udl: reader.octet('UDL'),
  }
  return Object.assign(submit, readUserData(reader, submit))
}

/** TS 23.040 clause 9.2.2.3 */
function readStatusReport(reader: OctetReader, { smsc, tpduLength, firstOctet }: Head): Making<StatusReport> {
  const flags = flagsIn('statusReport', firstOctet)
  const mr = reader.octet('MR')
  const address = readAddress(reader, 'RA')
  const scts = reader.take(timestampOctets, 'SCTS')
  const dischargeTime = reader.take(timestampOctets, 'DT')
  const status = reader.octet('ST')
  const report: Making<StatusReport> = {
    smsc,
    tpduLength,
    firstOctet,
    type: 'statusReport',
    moreMessages: flags.moreMessages,
    udhi: flags.udhi,
    statusReportQualifier: flags.statusReportQualifier,
    mr,
    address,
    scts: timestampIn(scts),
    dischargeTime: timestampIn(dischargeTime),
    status,
    statusClass: statusOf(status).class,
  }
  if (report.scts === null) report.sctsRaw = hexOf(scts)
  if (report.dischargeTime === null) report.dischargeTimeRaw = hexOf(dischargeTime)
  if (reader.remaining > 0 && reader.octets[reader.position] !== filling) readParameters(reader, report)
  return report
}

/** Adds the optional end of a status report. If it is cut off, the report itself is saved in `lenient`. */
function readParameters(reader: OctetReader, report: Making<StatusReport>): void {
  const failure = { lenient: salvage(report) }
  const pi = reader.octet('PI')
  for (let last = pi; last & parameterIndicator.extension; ) last = reader.octet('PI', failure)
  report.pi = pi
  if (pi & parameterIndicator.pid) report.pid = reader.octet('PID', failure)
  if (pi & parameterIndicator.dcs) {
    report.dcs = reader.octet('DCS', failure)
    report.coding = codingOf(report.dcs)
  }
  if (pi & parameterIndicator.udl) {
    report.udl = reader.octet('UDL', failure)
    Object.assign(report, readUserData(reader, { coding: codingOf(0), ...report, udl: report.udl }))
  }
}
