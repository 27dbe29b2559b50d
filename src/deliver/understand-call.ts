import type { Device } from '../device/device.ts'
import { messagesOf } from '../device/device.ts'
import { readCall } from '../device/receive/read-call.ts'
import type { ReadContext, Reading } from '../device/receive/reading.ts'
import type { ReceivedText } from '../ledger/inbox/open-commands.ts'
import { isoTime } from '../message/result.ts'
import type { Store } from '../store/store.ts'
import { type Correlation, correlateCall } from './correlate.ts'
import { type Judgement, judge, type Way } from './judge.ts'

/** A call as that of one device. */
export interface UnderstoodCall {
  readonly device: Device
  readonly readings: readonly Reading[]
  readonly correlation: Correlation
  readonly judgement: Judgement
  readonly forwarded: null
}

/** The number of a caller is as easily forged as that of a text, and a call has no other content. */
const byNumber: Way = { level: 'number', danger: true }

/**
 * The call of the device with the number; of several, of the one with a command that a call answers, else of the only
 * one whose profile knows calls. Empty for a stranger, and several where it remains open whose it is.
 */
export async function understandCall(
  store: Store,
  devices: readonly Device[],
  at: number,
): Promise<readonly UnderstoodCall[]> {
  const context: ReadContext = { receivedAt: isoTime(at), scts: null }
  const received: Omit<ReceivedText, 'device'> = { stamp: { scts: null, receivedAt: at }, centre: null, now: at }
  const all: UnderstoodCall[] = []
  for (const device of devices) {
    const { commands, trust } = await store.run('openCommands', { device: device.id, ...received })
    if (trust === null) continue
    const readings = [readCall(device, context)]
    const correlation = correlateCall(device, at, context, commands)
    const judgement = judge(device, { route: null, proof: null, readings, correlation }, trust, at, byNumber)
    all.push({ device, readings, correlation, judgement, forwarded: null })
  }
  const awaited = all.filter(({ correlation }) => correlation.answered !== null)
  if (awaited.length > 0) return awaited
  const knowing = all.filter(({ device }) => Object.values(messagesOf(device)).some(({ call }) => call))
  return knowing.length > 0 ? knowing : all
}
