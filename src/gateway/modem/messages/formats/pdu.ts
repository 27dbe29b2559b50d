import { listedMessages, shownDirect, shownMessage } from '../../line/shown.ts'
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
  message: (lines) => shownMessage(lines, 'unknown'),
  direct: (line, body) => shownDirect(line, body, 'unknown'),
  submission: ({ tpduLength, pdu }) => ({
    before: [],
    command: `AT+CMGS=${tpduLength}`,
    prefix: '+CMGS:',
    reference: /^\+CMGS: *(\d+)/,
    okAccepts: true,
    body: pdu,
  }),
}
