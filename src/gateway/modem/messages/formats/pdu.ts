import type { Segment } from '../../../../message/segment.ts'
import { encodeSubmit } from '../../../../sms/submit.ts'
import { listedMessages, shownDirect, shownMessage } from '../../line/shown.ts'
import type { MessageFormat, Submission } from './format.ts'

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
  submission,
}

/** Most modems replace it by their own TP-MR. */
const noReference = 0

function submission({ to, content, concat, validitySeconds, report, messageClass }: Segment): Submission {
  const { pdu, tpduLength } = encodeSubmit({
    to,
    ...content,
    concat,
    messageReference: noReference,
    validitySeconds,
    statusReport: report,
    messageClass,
    allowEmpty: true,
  })
  return {
    before: [],
    command: `AT+CMGS=${tpduLength}`,
    prefix: '+CMGS:',
    reference: /^\+CMGS: *(\d+)/,
    okAccepts: true,
    body: pdu,
  }
}
