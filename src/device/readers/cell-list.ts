import type { Values } from '../../message/values.ts'
import { fewest, literal, type Regular, sequence, some, units } from '../regular/regular.ts'

/** Cells in sight when there is no fix: `466,97,7664,85d6,048,…` is MCC, MNC, LAC, cell and level, nearest first. */
export const cellList: Regular<never> = sequence(
  some(units.digit),
  literal(','),
  some(units.digit),
  literal(','),
  some(units.hex),
  literal(','),
  some(units.hex),
  literal(','),
  fewest(units.solid),
)

export function readCellList(text: string): Values | null {
  const [mcc, mnc, lac, cell] = text.split(',')
  if (mcc === undefined || mnc === undefined || lac === undefined || cell === undefined) return null
  return { mcc, mnc, lac, cell_id: cell }
}
