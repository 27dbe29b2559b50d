import { decodePdu } from '../../../sms/decode-pdu.ts'
import { encodePdu } from '../../../sms/encode-pdu.ts'
import type { Submit } from '../../../sms/tpdu.ts'
import type { SubmitAnswer } from '../../network/network.ts'
import { addressOf } from '../../network/party.ts'
import type { CommandTable } from '../equipment/command-table.ts'
import type { Dialogue, Equipment } from '../equipment/equipment.ts'
import { pduIn, pduOfTyped } from '../equipment/pdu-entry.ts'
import { cms, Refusal } from '../equipment/result-codes.ts'
import { charsets } from '../equipment/te-charset.ts'

/** Sending: TS 27.005 clauses 3.5.1, 3.5.2, 3.5.5 and 4.3 to 4.5. */
export const smsSendCommands: CommandTable = {
  '+CMGS': {
    needs: 'sim',
    errors: 'cms',
    set: async (me, values, dialogue) => {
      const text = me.settings.numbers['+CMGF'][0] === 1
      const pdu = text
        ? await pduOfTyped(me, values.text(0), values.number(1, 129), dialogue)
        : await pduIn(values.number(0), dialogue)
      return pdu === null ? [] : `+CMGS: ${await submit(me, pdu, dialogue)}`
    },
    test: '',
  },
  '+CMSS': {
    needs: 'sim',
    errors: 'cms',
    set: async (me, values, dialogue) => {
      const message = me.memories[me.chosen[1]].at(values.number(0))
      if (!message) throw cms(321)
      const draft = decodePdu(message.pdu)
      if (draft.type !== 'submit') throw cms(302)
      const to = values.text(1, '')
      const reference = await submit(me, to === '' ? message.pdu : readdressed(me, draft, to), dialogue)
      message.status = 3
      return `+CMSS: ${reference}`
    },
    test: '',
  },
  '+CMGC': {
    needs: 'sim',
    errors: 'cms',
    set: async (_, values, dialogue) => {
      values.number(0)
      if ((await dialogue.ask('pdu')) === null) return []
      // This service centre knows no SMS-COMMAND: TP-FCS B0, TPDU not supported.
      throw cms(176)
    },
    test: '',
  },
}

/**
 * Hands an SMS-SUBMIT to the network with the TP-MR of this modem and returns that. Fails with CMS 330 and 331, and
 * with the network's cause.
 */
async function submit(me: Equipment, pdu: string, dialogue: Dialogue): Promise<number> {
  dialogue.reach('before_acceptance')
  if (!me.radio.isRegistered) throw cms(331)
  const reference = me.sim.nextReference()
  const answer = await new Promise<SubmitAnswer>((resolve) =>
    me.network.submit(me.number, complete(me, pdu, reference), resolve),
  )
  if (!answer.accepted) throw new Refusal('cms', answer.cause)
  dialogue.reach('after_acceptance')
  return reference
}

/** The PDU with the SIM's service centre where it names none, and with this reference in its second octet. */
function complete({ sim }: Equipment, pdu: string, reference: number): string {
  const draft = decodePdu(pdu)
  if (draft.smsc === null && sim.serviceCentre === null) throw cms(330)
  const start = pdu.length - 2 * draft.tpduLength
  return pdu.slice(0, start + 2) + reference.toString(16).padStart(2, '0').toUpperCase() + pdu.slice(start + 4)
}

function readdressed({ settings }: Equipment, draft: Submit, to: string): string {
  return encodePdu({ ...draft, address: addressOf(charsets[settings.charset].read(to)) }).pdu
}
