import type { ReceivedDocument } from '../../message/received.ts'
import type { TrustLevel } from '../../message/trust.ts'
import type { Stamp } from '../../sms/smsc-clock.ts'
import { noteReceived } from '../conversation-rows.ts'
import { changeState, type StateChange } from '../devices/devices.ts'
import { learnStamp } from '../gateways/service-centres.ts'
import type { Tx } from '../tx.ts'
import { done, keepUnknown } from './inbox.ts'
import { type DeviceEffects, settleDevice } from './settle-device.ts'
import { dropText, floodOf, keepNewest } from './strangers.ts'

/** All effects of a received text, for one transaction. */
export interface TextEffects extends DeviceEffects {
  readonly raws: readonly number[]
  readonly assembly: string | null
  /** Its stamp, for the clock of its service centre. */
  readonly stamp: Stamp
  readonly centre: string | null
  readonly now: number
  readonly incoming: {
    readonly messageId: string
    readonly device: string | null
    readonly sender: string
    readonly gateway: string
    /** Secrets masked. */
    readonly text: string
    readonly trust: TrustLevel
    /** The published document; null for none. */
    readonly document: ReceivedDocument | null
  }
  /** Of the device that forwarded the text of another one: it is alive. */
  readonly carrier: StateChange | null
  /** From an unknown number, or a mail that anybody can have sent: only a limited number is published. */
  readonly isStranger: boolean
  /** Not recognised: a text of a device is quarantined. */
  readonly unknown: boolean
  /** An unrecognised text, for the results of commands that wait for an answer. */
  readonly heard: { readonly text: string; readonly hint: string } | null
}

/**
 * Commits the effects of a text: its row, the state, the answered command, and all events. Only once, whatever the
 * number of readers.
 */
export function settleText(tx: Tx, effects: TextEffects): { readonly isFlood: boolean | null } {
  const { incoming, now } = effects
  if (!done(tx, effects.raws)) return { isFlood: null }
  learnStamp(tx, effects.centre, effects.stamp)
  const document = JSON.stringify(incoming.document)
  const isFlood = effects.isStranger ? floodOf(tx, incoming, now) : null
  const filed = tx.one<{ id: number }>(
    `INSERT INTO incoming (message_id, device, sender, gateway, text, document, received_at, trust)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?) RETURNING id`,
    incoming.messageId,
    incoming.device,
    incoming.sender,
    incoming.gateway,
    incoming.text,
    document,
    now,
    incoming.trust,
  ) as { id: number }
  noteReceived(tx, { ...incoming, ...filed, receivedAt: now })
  if (effects.isStranger) keepNewest(tx, incoming)
  if (isFlood !== null) {
    dropText(tx, effects, isFlood)
    return { isFlood }
  }
  if (incoming.document !== null)
    tx.emit({ kind: 'received', subject: '', data: incoming.document }, { text: document })
  if (effects.carrier !== null) changeState(tx, effects.carrier)
  settleDevice(tx, incoming.device, effects, { messageId: incoming.messageId, now })
  if (effects.heard !== null) {
    tx.run(
      `UPDATE submission SET heard = ? WHERE lane = ? AND final = 0 AND written_at IS NOT NULL AND expect <> 'none'`,
      JSON.stringify(effects.heard),
      `d:${incoming.device}`,
    )
  }
  if (effects.unknown && incoming.device !== null)
    keepUnknown(tx, effects.raws, {
      message_id: incoming.messageId,
      device: incoming.device,
      text: incoming.text,
      ...(incoming.document?.may_be_of !== undefined && { may_be_of: incoming.document.may_be_of }),
    })
  if (effects.assembly !== null) tx.run('DELETE FROM part WHERE assembly = ?', effects.assembly)
  return { isFlood }
}
