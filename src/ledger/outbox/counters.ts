import { Fault } from '../../message/fault.ts'
import type { Tx } from '../tx.ts'

/** Never reused: a device may ignore a known number. */
export function useCounter(tx: Tx, device: string, counter: number): void {
  const { changes } = tx.run(
    `INSERT INTO counter (device, last) VALUES (?, ?) ON CONFLICT (device) DO UPDATE SET last = excluded.last
       WHERE excluded.last > last`,
    device,
    counter,
  )
  if (changes === 0) throw new Fault('internal', `the number ${counter} of ${device} is used already`)
}

/** The last number of each device that has numbered commands. */
export function counters(tx: Tx): [string, number][] {
  return tx
    .all<{ device: string; last: number }>('SELECT device, last FROM counter')
    .map(({ device, last }) => [device, last])
}
