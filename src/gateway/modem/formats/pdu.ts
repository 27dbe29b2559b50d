import { listedMessages, readMessage } from '../parse.ts'
import type { MessageFormat } from './format.ts'

/** PDU mode: TS 27.005 clause 4. */
export const pduFormat: MessageFormat = {
  name: 'pdu',
  mode: 'AT+CMGF=0',
  needs: [],
  setUp: [],
  list: 'AT+CMGL=4',
  read: (index) => `AT+CMGR=${index}`,
  listed: listedMessages,
  message: readMessage,
  direct: (_, pdu) => pdu,
  submission: ({ tpduLength, pdu }) => ({
    before: [],
    command: `AT+CMGS=${tpduLength}`,
    prefix: '+CMGS:',
    reference: /^\+CMGS: *(\d+)/,
    okAccepts: true,
    body: pdu,
  }),
}
