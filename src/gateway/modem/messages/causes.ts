import type { Cause } from '../../../message/submit-outcome.ts'
import type { Final } from '../line/results.ts'

type Verdict = Pick<Cause, 'accepted' | 'next'>

const retry: Verdict = { accepted: 'no', next: 'retry' }
const giveUp: Verdict = { accepted: 'no', next: 'give_up' }
const pause: Verdict = { accepted: 'no', next: 'pause' }
const unknown: Verdict = { accepted: 'unknown', next: 'retry' }
const unknownAway: Verdict = { accepted: 'unknown', next: 'pause' }
const taken: Verdict = { accepted: 'yes', next: 'give_up' }

interface CauseRow extends Verdict {
  readonly meaning: string
}

/**
 * TS 24.011 clause 8.2.5.4 and annex E-2: the network, by RP-ERROR, and by CP-ERROR with the same numbers (8.1.4.2).
 * Accepted `no` is for causes that name what was refused. Those that name a failure on the way leave it open: a switch
 * reports 17 or 38 when the service centre's answer does not come (TS 29.002 clause 12.2, provider error), and modems report
 * 38, 41 and 47 when their own timer for the RP-ACK runs out (TR1M of TS 24.011).
 */
const rpCauses: Readonly<Record<number, CauseRow>> = {
  1: { ...giveUp, meaning: 'unassigned number' },
  8: { ...pause, meaning: 'operator determined barring' },
  10: { ...pause, meaning: 'call barred' },
  17: { ...unknown, meaning: 'network failure' }, // E-2: PLMN failures, for example in MAP
  21: { ...retry, meaning: 'short message transfer rejected' },
  22: { ...retry, meaning: 'congestion' },
  27: { ...retry, meaning: 'destination out of service' },
  28: { ...giveUp, meaning: 'unidentified subscriber' },
  29: { ...pause, meaning: 'facility rejected' },
  30: { ...giveUp, meaning: 'unknown subscriber' },
  38: { ...unknown, meaning: 'network out of order' }, // E-2: the network does not function correctly
  41: { ...unknown, meaning: 'temporary failure' }, // E-2: the same, and not for long
  42: { ...retry, meaning: 'congestion' },
  47: { ...unknown, meaning: 'resources unavailable' }, // E-2: where no other cause applies
  50: { ...pause, meaning: 'requested facility not subscribed' },
  69: { ...pause, meaning: 'requested facility not implemented; is the SMSC number right?' },
  81: { ...unknown, meaning: 'invalid short message reference' }, // an answer that came after its timer
  95: { ...giveUp, meaning: 'invalid message' },
  96: { ...giveUp, meaning: 'invalid mandatory information' },
  97: { ...giveUp, meaning: 'message type not known' },
  98: { ...giveUp, meaning: 'message not compatible with the protocol state' },
  99: { ...giveUp, meaning: 'information element not known' },
  111: { ...giveUp, meaning: 'protocol error' },
  127: { ...unknown, meaning: 'interworking' }, // E-2: the precise cause can not be ascertained
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
  210: { ...unknown, meaning: 'error in the mobile station' },
  211: { ...retry, meaning: 'memory capacity exceeded' },
  212: { ...retry, meaning: 'SIM application toolkit busy' },
  255: { ...unknown, meaning: 'unspecified error' },
}

/** From here on the codes are the modem's own (TS 27.005 clause 3.2.5); below, they are the network's. */
const firstEquipmentCode = 300

/** TS 27.005 clause 3.2.5: the modem itself. An error of its timers or its radio is no rejection by the network. */
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
  331: { ...unknownAway, meaning: 'no network service' }, // lost after the PDU: the answer may be lost with it
  332: { ...unknown, meaning: 'network time-out' },
  500: { ...unknown, meaning: 'unknown error' },
}

/** Beyond the standard, with the meaning that most vendors give them. */
const vendorErrors: Readonly<Record<number, CauseRow>> = {
  350: { ...unknown, meaning: 'no answer from the network' },
  512: { ...unknown, meaning: 'weak signal or aborted' },
  513: { ...unknown, meaning: 'lower layer failure' },
  514: { ...unknown, meaning: 'congestion or refused' },
  515: { ...retry, meaning: 'the modem is still initialising' },
}

/** The meaning of a +CMS ERROR for the message, by its number. */
export const submitCauses: Readonly<Record<number, CauseRow>> = {
  ...rpCauses,
  ...failureCauses,
  ...equipmentErrors,
  ...vendorErrors,
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
 * The cause in an error result. Before the PDU nothing can have been accepted, whatever the number; after it an
 * error without a known number leaves that open.
 */
export function causeOf(
  final: Extract<Final, { kind: 'error' }>,
  pduWritten: boolean,
  ofVendor: Readonly<Record<number, Verdict>> = {},
): Cause {
  const number = final.family === 'cme' ? (equipmentCauses[final.number ?? -1] ?? null) : final.number
  const row = number === null ? undefined : submitCauses[number]
  const verdict = (number === null ? undefined : ofVendor[number]) ?? row ?? unknown
  return {
    text: row === undefined ? final.text : `${final.text} (${row.meaning})`,
    // Always of the +CMS ERROR list: 14 is SIM busy in one and nothing in the other.
    scheme: number === null ? null : 'cms',
    code: number,
    by: number !== null && number < firstEquipmentCode ? 'network' : 'gateway',
    accepted: pduWritten ? verdict.accepted : 'no',
    next: verdict.next,
  }
}

/** The number of the +CMS ERROR list; null where the modem gave none. */
export function cmsOf({ scheme, code }: Cause): number | null {
  return scheme === 'cms' ? (code as number) : null
}
