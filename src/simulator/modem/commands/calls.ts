import { decodeSeptets, encodeSeptets } from '../../../sms/gsm7.ts'
import { hexOf } from '../../../sms/octets.ts'
import { packSeptets, unpackSeptets } from '../../../sms/septets.ts'
import { typeOfAddressOf } from '../../../sms/tp-address.ts'
import { within } from '../../network/behaviour.ts'
import { addressOf } from '../../network/party.ts'
import type { CommandTable, Handler } from '../equipment/command-table.ts'
import { cme, Refusal } from '../equipment/result-codes.ts'
import { charsets, octetsInHex } from '../equipment/te-charset.ts'
import { remembered } from './remembered.ts'

const hangUp: Handler = ({ telephone }) => {
  telephone.hangUp()
  return []
}

/** Packed septets in hex if the model requires that, else the charset of the line. */
function ussdFormOf({ settings, personality }: Parameters<Handler>[0]) {
  if (!personality.packsUssd) return charsets[settings.charset]
  return {
    read: (text: string) => {
      const octets = octetsInHex(text)
      if (octets === null || octets.length === 0) throw cme(50)
      const septets = unpackSeptets(octets, Math.floor((octets.length * 8) / 7))
      return decodeSeptets(septets).replace(/\r$/, '')
    },
    write: (text: string) => {
      const septets = encodeSeptets(text)
      return hexOf(packSeptets(septets.length % 8 === 7 ? [...septets, 13] : septets))
    },
  }
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
      if (mode === 2) me.telephone.menu = null
      if (values.count < 2) return []
      if (!me.radio.isRegistered) throw cme(30)
      const { read, write } = ussdFormOf(me)
      const answer = me.network.ussd(read(values.text(1)), me.telephone.menu)
      me.clock.after(within(me.network.behaviour.acceptMs, me.clock), () => {
        me.telephone.menu = typeof answer === 'string' ? null : answer
        if (answer === null) me.emit('+CUSD: 4')
        else if (typeof answer === 'string') me.emit(`+CUSD: 0,"${write(answer)}",15`)
        else me.emit(`+CUSD: 1,"${write(answer.text)}",15`)
      })
      return []
    },
  },
}
