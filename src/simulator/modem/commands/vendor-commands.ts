import { decodePdu } from '../../../sms/decode-pdu.ts'
import { encodePdu } from '../../../sms/encode-pdu.ts'
import { typeOfAddressOf } from '../../../sms/tp-address.ts'
import type { Deliver } from '../../../sms/tpdu.ts'
import { tpduIn } from '../../network/network-tpdu.ts'
import { addressOf } from '../../network/party.ts'
import type { Answer, CommandTable, Handler } from '../equipment/command-table.ts'
import type { Equipment } from '../equipment/equipment.ts'
import type { StoredMessage } from '../equipment/message-memory.ts'
import { cms } from '../equipment/result-codes.ts'

/** Attempts left for PIN2 and its PUK, which are never used up here. */
const second = { pin: 3, puk: 10 }

const restart: Handler = (me) => {
  me.restart()
  return []
}

const card = (name: string) => ({ execute: information(name), read: information(name) })
const information =
  (name: string): Handler =>
  (me) =>
    `${name}: ${me.sim.iccid}`

/**
 * Vendor-specific commands with an effect or with variable answers. A modem has those that its personality lists.
 */
export const vendorCommands: CommandTable = {
  // Huawei: the PUK's attempts precede the PIN's.
  '^CPIN': {
    read: ({ sim }) => {
      const state = { ready: 'READY', pin: 'SIM PIN', puk: 'SIM PUK' }[sim.state as string] ?? ''
      return `^CPIN: ${state},,${sim.tries.puk},${sim.tries.pin},${second.puk},${second.pin}`
    },
  },
  '^ICCID': card('^ICCID'),
  '^RESET': { execute: restart },
  // Quectel
  '+QPINC': {
    read: ({ sim }) => [`+QPINC: "SC",${sim.tries.pin},${sim.tries.puk}`, `+QPINC: "P2",${second.pin},${second.puk}`],
  },
  '+QCCID': card('+QCCID'),
  // SIMCom
  '+SPIC': { execute: ({ sim }) => `+SPIC: ${sim.tries.pin},${sim.tries.puk},${second.pin},${second.puk}` },
  '+CRESET': { execute: restart },
  // u-blox
  '+UPINCNT': { execute: ({ sim }) => `+UPINCNT: ${sim.tries.pin},${second.pin},${sim.tries.puk},${second.puk}` },
  // ZTE
  '+ZPINPUK': { test: ({ sim }) => `${sim.tries.pin},${sim.tries.puk}` },
  // Telit: for the code that is required
  '#PCT': { execute: ({ sim }) => `#PCT: ${sim.state === 'puk' ? sim.tries.puk : sim.tries.pin}` },
  '#REBOOT': { execute: restart },
  // 3: the SIM and its messages are ready.
  '#QSS': {
    read: ({ sim }) => `#QSS: 2,${{ absent: 0, ready: 3 }[sim.state as string] ?? 1}`,
    set: () => [],
  },
  // Cinterion: for the PIN, or for the code selected by a 1.
  '^SPIC': { set: ({ sim }, values) => `^SPIC: ${values.number(1, 0) === 1 ? sim.tries.puk : sim.tries.pin}` },
  // Huawei, CDMA: OK means accepted by the modem, ^HCMGSS by the network.
  '^HCMGS': {
    needs: 'sim',
    errors: 'cms',
    set: async (me, values, dialogue) => {
      const to = values.text(0)
      const text = await dialogue.ask('text')
      if (text === null) return []
      if (!me.radio.isRegistered) throw cms(331)
      dialogue.reach('before_acceptance')
      const reference = me.sim.nextReference()
      const { pdu } = encodePdu({ type: 'submit', smsc: centre(me), mr: reference, address: addressOf(to), text })
      me.network.submit(me.number, pdu, (answer) =>
        me.emit(answer.accepted ? `^HCMGSS: ${reference}` : `^HCMGSF: ${answer.cause}`),
      )
      return []
    },
  },
  '^HCMGL': {
    needs: 'sim',
    errors: 'cms',
    set: (me): Answer =>
      me.memories[me.chosen[0]].list().map(([index, { pdu }]) => `^HCMGL: ${index},${head(pdu, me).join(',')}`),
  },
  '^HCMGR': {
    needs: 'sim',
    errors: 'cms',
    set: (me, values) => {
      const memory = me.memories[me.chosen[0]]
      const message: StoredMessage | undefined = memory.at(values.number(0))
      if (message === undefined) throw cms(321)
      const tpdu = decodePdu(message.pdu) as Deliver
      return [`^HCMGR: ${head(message.pdu, me).join(',')}`, tpdu.text ?? '']
    },
  },
}

/** `<number>,<year>,<month>,<day>,<hour>,<minute>,<second>,<language>,<format>,<length>,<priority>,…` */
function head(pdu: string, _: Equipment): (string | number)[] {
  const tpdu = tpduIn(pdu)
  if (tpdu?.type !== 'deliver') return []
  const time = new Date(tpdu.scts ?? 0).toISOString().split(/\D/).slice(0, 6).map(Number)
  const plus = tpdu.address.ton === 'international' ? '+' : ''
  return [`${plus}${tpdu.address.number}`, ...time, 0, 1, (tpdu.text ?? '').length, 0, 0, 0, 0]
}

function centre({ network }: Equipment) {
  const address = addressOf(network.serviceCentre)
  return typeOfAddressOf(address) > 0 ? address : null
}
