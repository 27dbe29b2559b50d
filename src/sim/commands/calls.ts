import { typeOfAddressOf } from '../../sms/address.ts'
import { within } from '../behaviour.ts'
import { charsets } from '../charset.ts'
import type { CommandTable, Handler } from '../command-table.ts'
import { addressOf } from '../party.ts'
import { cme, Refusal } from '../result-codes.ts'
import { remembered } from './remembered.ts'

const hangUp: Handler = ({ telephone }) => {
  telephone.hangUp()
  return []
}

/** Calls and USSD: V.250 clause 6.3, TS 27.007 clauses 6.2, 6.5, 7.6, 7.15, 7.18. */
export const callCommands: CommandTable = {
  D: {
    needs: 'sim',
    set: (me, values) => {
      if (!me.radio.isRegistered || me.telephone.current) throw cme(30)
      const isVoice = values.text(1, '') === ';'
      // There is no data service: the other modem never answers.
      if (!isVoice) throw new Refusal(null, 0, 'NO CARRIER')
      me.telephone.dial(me.network.call(me.number, me.network.dialled(values.text(0))))
      return []
    },
  },
  A: {
    execute: ({ telephone: { current } }) => {
      if (!current?.isIncoming) throw new Refusal(null, 0, 'NO CARRIER')
      current.call.answer()
      return []
    },
  },
  H: { execute: hangUp, set: hangUp },
  '+CHUP': { execute: hangUp, test: '' },
  '+CLCC': {
    execute: ({ telephone: { current } }) => {
      if (!current) return []
      const { call, isIncoming } = current
      const state = call.state === 'answered' ? 0 : isIncoming ? 4 : call.isAlerting ? 3 : 2
      const other = isIncoming ? call.from : call.to
      return `+CLCC: 1,${isIncoming ? 1 : 0},${state},0,0,"${other}",${typeOfAddressOf(addressOf(other))}`
    },
    test: '',
  },
  '+CLIP': { ...remembered('+CLIP'), read: ({ settings }) => `+CLIP: ${settings.numbers['+CLIP'][0]},1` },
  '+CUSD': {
    ...remembered('+CUSD'),
    needs: 'sim',
    set: (me, values) => {
      const mode = values.number(0, 0)
      if (mode > 2) values.refuse()
      me.settings.numbers['+CUSD'][0] = mode === 2 ? 0 : mode
      if (values.count < 2) return []
      if (!me.radio.isRegistered) throw cme(30)
      const charset = charsets[me.settings.charset]
      const answer = me.network.ussd(charset.read(values.text(1)))
      me.clock.after(within(me.network.behaviour.acceptMs, me.clock), () => {
        me.say(answer === null ? '+CUSD: 4' : `+CUSD: 0,"${charset.write(answer)}",15`)
      })
      return []
    },
  },
}
