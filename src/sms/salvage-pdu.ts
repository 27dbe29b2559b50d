import type { Content, Tpdu } from './tpdu.ts'

/** Fields that are saved from a message whose end is malformed. */
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

/** Further fields of a report: without TP-MR its message can't be identified. */
const fieldsOfReport = ['mr', ...fields]

/** `detail.lenient` of a partly decoded TPDU. */
export function salvage(tpdu: Pick<Tpdu, 'type'> & Content): object {
  const wanted = tpdu.type === 'statusReport' ? fieldsOfReport : fields
  return Object.fromEntries(Object.entries(tpdu).filter(([name]) => wanted.includes(name)))
}
