import { typeOfAddressOf } from '../../../sms/tp-address.ts'
import { addressOf } from '../../network/party.ts'
import type { CommandRow, CommandTable } from '../equipment/command-table.ts'
import type { Equipment } from '../equipment/equipment.ts'

const manufacturer = fixedAnswer((me) => me.personality.manufacturer)
const model = fixedAnswer((me) => me.personality.model)
const revision = fixedAnswer((me) => me.personality.revision)
const imei = fixedAnswer((me) => me.imei)
const information: CommandRow['execute'] = ({ personality }) => [
  personality.manufacturer,
  personality.model,
  `Revision: ${personality.revision}`,
]

/** Identity of the modem and its SIM: V.250 clause 6.1, TS 27.007 clause 5 and 7.1. */
export const identityCommands: CommandTable = {
  I: { execute: information, set: information },
  '+GMI': manufacturer,
  '+CGMI': manufacturer,
  '+GMM': model,
  '+CGMM': model,
  '+GMR': revision,
  '+CGMR': revision,
  '+GSN': imei,
  '+CGSN': imei,
  '+CIMI': { ...fixedAnswer((me) => me.sim.imsi), needs: 'sim' },
  '+CCID': { ...fixedAnswer((me) => `+CCID: ${me.sim.iccid}`), read: (me) => `+CCID: ${me.sim.iccid}`, needs: 'sim' },
  '+CNUM': { ...fixedAnswer((me) => `+CNUM: ,"${me.number}",${typeOfAddressOf(addressOf(me.number))}`), needs: 'sim' },
}

function fixedAnswer(text: (me: Equipment) => string): CommandRow {
  return { execute: text, test: '' }
}
