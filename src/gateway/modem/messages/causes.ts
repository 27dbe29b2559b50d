import type { Cause } from '../../../message/handover.ts'
import type { Final } from '../line/results.ts'

type Verdict = Pick<Cause, 'accepted' | 'next'>

const retry: Verdict = { accepted: 'no', next: 'retry' }
const giveUp: Verdict = { accepted: 'no', next: 'give_up' }
const pause: Verdict = { accepted: 'no', next: 'pause' }
const unknown: Verdict = { accepted: 'unknown', next: 'retry' }
const taken: Verdict = { accepted: 'yes', next: 'give_up' }

interface CauseRow extends Verdict {
  readonly meaning: string
}

/** TS 24.011 clause 8.2.5.4 and annex E-2: the network, by RP-ERROR. */
const rpCauses: Readonly<Record<number, CauseRow>> = {
  1: { ...giveUp, meaning: 'unassigned number' },
  8: { ...pause, meaning: 'operator determined barring' },
  10: { ...pause, meaning: 'call barred' },
  17: { ...retry, meaning: 'network failure' },
  21: { ...retry, meaning: 'short message transfer rejected' },
  22: { ...retry, meaning: 'congestion' },
  27: { ...retry, meaning: 'destination out of service' },
  28: { ...giveUp, meaning: 'unidentified subscriber' },
  29: { ...pause, meaning: 'facility rejected' },
  30: { ...giveUp, meaning: 'unknown subscriber' },
  38: { ...retry, meaning: 'network out of order' },
  41: { ...retry, meaning: 'temporary failure' },
  42: { ...retry, meaning: 'congestion' },
  47: { ...retry, meaning: 'resources unavailable' },
  50: { ...pause, meaning: 'requested facility not subscribed' },
  69: { ...pause, meaning: 'requested facility not implemented; is the SMSC number right?' },
  81: { ...retry, meaning: 'invalid short message reference' },
  95: { ...giveUp, meaning: 'invalid message' },
  96: { ...giveUp, meaning: 'invalid mandatory information' },
  97: { ...giveUp, meaning: 'message type not known' },
  98: { ...giveUp, meaning: 'message not compatible with the protocol state' },
  99: { ...giveUp, meaning: 'information element not known' },
  111: { ...giveUp, meaning: 'protocol error' },
  127: { ...retry, meaning: 'interworking' },
}

/** TS 23.040 clause 9.2.3.22, TP-FCS: the service centre, by SMS-SUBMIT-REPORT. */
const failureCauses: Readonly<Record<number, CauseRow>> = {
  128: { ...giveUp, meaning: 'telematic interworking not supported' },
  129: { ...giveUp, meaning: 'short message type 0 not supported' },
  130: { ...giveUp, meaning: 'short message can not be replaced' },
  143: { ...giveUp, meaning: 'TP-PID error' },
  144: { ...giveUp, meaning: 'data coding scheme not supported' },
  145: { ...giveUp, meaning: 'message class not supported' },
  159: { ...giveUp, meaning: 'TP-DCS error' },
  160: { ...giveUp, meaning: 'command can not be acted on' },
  161: { ...giveUp, meaning: 'command not supported' },
  175: { ...giveUp, meaning: 'TP-command error' },
  176: { ...giveUp, meaning: 'TPDU not supported' },
  192: { ...retry, meaning: 'SC busy' },
  193: { ...pause, meaning: 'no SC subscription' },
  194: { ...retry, meaning: 'SC system failure' },
  195: { ...giveUp, meaning: 'invalid SME address' },
  196: { ...giveUp, meaning: 'destination SME barred' },
  197: { ...taken, meaning: 'rejected as a duplicate: the SC has it already' },
  198: { ...giveUp, meaning: 'TP-VPF not supported' },
  199: { ...giveUp, meaning: 'TP-VP not supported' },
  208: { ...pause, meaning: 'SIM storage full' },
  209: { ...retry, meaning: 'no storage on the SIM' },
  210: { ...retry, meaning: 'error in the mobile station' },
  211: { ...retry, meaning: 'memory capacity exceeded' },
  212: { ...retry, meaning: 'SIM application toolkit busy' },
  255: { ...retry, meaning: 'unspecified error' },
}

/** TS 27.005 clause 3.2.5: the modem itself. */
const equipmentErrors: Readonly<Record<number, CauseRow>> = {
  300: { ...unknown, meaning: 'mobile equipment failure' },
  301: { ...retry, meaning: 'SMS service of the modem reserved' },
  302: { ...retry, meaning: 'operation not allowed' },
  303: { ...giveUp, meaning: 'operation not supported' },
  304: { ...giveUp, meaning: 'invalid PDU mode parameter' },
  305: { ...giveUp, meaning: 'invalid text mode parameter' },
  310: { ...pause, meaning: 'SIM not inserted' },
  311: { ...pause, meaning: 'SIM PIN required' },
  312: { ...pause, meaning: 'PH-SIM PIN required' },
  313: { ...pause, meaning: 'SIM failure' },
  314: { ...retry, meaning: 'SIM busy' },
  315: { ...pause, meaning: 'wrong SIM' },
  316: { ...pause, meaning: 'SIM PUK required' },
  317: { ...pause, meaning: 'SIM PIN2 required' },
  318: { ...pause, meaning: 'SIM PUK2 required' },
  320: { ...pause, meaning: 'memory failure' },
  322: { ...retry, meaning: 'memory full' },
  330: { ...pause, meaning: 'SMSC address unknown' },
  331: { ...pause, meaning: 'no network service' },
  332: { ...unknown, meaning: 'network time-out' },
  500: { ...unknown, meaning: 'unknown error' },
}

/** facts: modems, section 10.1: beyond the standard, in the sense that most makes give them. */
const makersErrors: Readonly<Record<number, CauseRow>> = {
  350: { ...unknown, meaning: 'no answer from the network' },
  512: { ...unknown, meaning: 'weak signal or aborted' },
  513: { ...unknown, meaning: 'lower layer failure' },
  514: { ...unknown, meaning: 'congestion or refused' },
  515: { ...retry, meaning: 'the modem is still initialising' },
}

/** What a +CMS ERROR says of the message, by its number. Verdicts: facts, modems, section 10. */
export const submitCauses: Readonly<Record<number, CauseRow>> = {
  ...rpCauses,
  ...failureCauses,
  ...equipmentErrors,
  ...makersErrors,
}

/** +CME ERROR instead of +CMS ERROR: TS 27.007 clause 9.2, as the number of the other list. */
const equipmentCauses: Readonly<Record<number, number>> = {
  3: 302,
  4: 303,
  10: 310,
  11: 311,
  12: 316,
  13: 313,
  14: 314,
  15: 315,
  20: 322,
  30: 331,
  31: 332,
  50: 304,
  100: 500,
  515: 515,
}

/**
 * The cause in an error result. Before the PDU nothing can have been accepted, whatever the number says; after it an
 * error without a known number leaves that open.
 */
export function causeOf(
  final: Extract<Final, { kind: 'error' }>,
  pduWritten: boolean,
  ofMake: Readonly<Record<number, Verdict>> = {},
): Cause {
  const number = final.family === 'cme' ? (equipmentCauses[final.number ?? -1] ?? null) : final.number
  const row = number === null ? undefined : submitCauses[number]
  const verdict = (number === null ? undefined : ofMake[number]) ?? row ?? unknown
  return {
    text: row === undefined ? final.text : `${final.text} (${row.meaning})`,
    // Always of the +CMS ERROR list: 14 is SIM busy in one and nothing in the other.
    number,
    accepted: pduWritten ? verdict.accepted : 'no',
    next: verdict.next,
  }
}
