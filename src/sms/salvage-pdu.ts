import type { Content, Tpdu } from './tpdu.ts'

/** What is worth saving of a message whose end is malformed. */
const fields = [
  'type',
  'address',
  'scts',
  'sctsRaw',
  'dischargeTime',
  'dischargeTimeRaw',
  'status',
  'statusClass',
  'concat',
  'ports',
  'nli',
  'text',
  'data',
]

/** The fields of a report besides: without TP-MR nobody knows which message it is about. */
const fieldsOfReport = ['mr', ...fields]

/** What `detail.lenient` shows of a TPDU that is decoded this far. */
export function salvage(tpdu: Pick<Tpdu, 'type'> & Content): object {
  const wanted = tpdu.type === 'statusReport' ? fieldsOfReport : fields
  return Object.fromEntries(Object.entries(tpdu).filter(([name]) => wanted.includes(name)))
}
