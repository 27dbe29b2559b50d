import type { Cause } from '../../message/submit-outcome.ts'

type Next = Cause['next']

interface Status {
  /** As SMPP 3.4 has it, without `ESME_`. */
  readonly name: string
  /** `pause` where the account or its settings are wrong, so that the next message would be refused as well. */
  readonly next: Next
  readonly by?: Cause['by']
  readonly accepted?: Cause['accepted']
}

/** `command_status` in answers to submit_sm (SMPP 3.4 clause 5.1.3, table 5-2). An error is no acceptance. */
export const statuses: Readonly<Record<number, Status>> = {
  1: { name: 'RINVMSGLEN', next: 'give_up' },
  2: { name: 'RINVCMDLEN', next: 'pause' },
  3: { name: 'RINVCMDID', next: 'pause' },
  4: { name: 'RINVBNDSTS', next: 'pause' },
  5: { name: 'RALYBND', next: 'pause' },
  6: { name: 'RINVPRTFLG', next: 'pause' },
  7: { name: 'RINVREGDLVFLG', next: 'pause' },
  8: { name: 'RSYSERR', next: 'retry' },
  10: { name: 'RINVSRCADR', next: 'pause' },
  11: { name: 'RINVDSTADR', next: 'give_up' },
  12: { name: 'RINVMSGID', next: 'give_up' },
  13: { name: 'RBINDFAIL', next: 'pause' },
  14: { name: 'RINVPASWD', next: 'pause' },
  15: { name: 'RINVSYSID', next: 'pause' },
  17: { name: 'RCANCELFAIL', next: 'give_up' },
  19: { name: 'RREPLACEFAIL', next: 'give_up' },
  20: { name: 'RMSGQFUL', next: 'throttle' },
  21: { name: 'RINVSERTYP', next: 'pause' },
  51: { name: 'RINVNUMDESTS', next: 'give_up' },
  52: { name: 'RINVDLNAME', next: 'give_up' },
  64: { name: 'RINVDESTFLAG', next: 'give_up' },
  66: { name: 'RINVSUBREP', next: 'give_up' },
  67: { name: 'RINVESMCLASS', next: 'pause' },
  68: { name: 'RCNTSUBDL', next: 'give_up' },
  69: { name: 'RSUBMITFAIL', next: 'retry' },
  72: { name: 'RINVSRCTON', next: 'pause' },
  73: { name: 'RINVSRCNPI', next: 'pause' },
  80: { name: 'RINVDSTTON', next: 'pause' },
  81: { name: 'RINVDSTNPI', next: 'pause' },
  83: { name: 'RINVSYSTYP', next: 'pause' },
  84: { name: 'RINVREPFLAG', next: 'pause' },
  85: { name: 'RINVNUMMSGS', next: 'give_up' },
  88: { name: 'RTHROTTLED', next: 'throttle' },
  97: { name: 'RINVSCHED', next: 'pause' },
  98: { name: 'RINVEXPIRY', next: 'pause' },
  99: { name: 'RINVDFTMSGID', next: 'pause' },
  100: { name: 'RX_T_APPN', next: 'retry' },
  101: { name: 'RX_P_APPN', next: 'give_up' },
  102: { name: 'RX_R_APPN', next: 'give_up' },
  103: { name: 'RQUERYFAIL', next: 'give_up' },
  192: { name: 'RINVOPTPARSTREAM', next: 'pause' },
  193: { name: 'ROPTPARNOTALLWD', next: 'pause' },
  194: { name: 'RINVPARLEN', next: 'pause' },
  195: { name: 'RMISSINGOPTPARAM', next: 'pause' },
  196: { name: 'RINVOPTPARAMVAL', next: 'pause' },
  254: { name: 'RDELIVERYFAILURE', next: 'give_up', by: 'network' },
  // Not even the SMSC knows what has happened.
  255: { name: 'RUNKNOWNERR', next: 'retry', accepted: 'unknown' },
}

/** `0058 (ESME_RTHROTTLED)`, with what the SMSC writes beside it. */
export function statusText(status: number, words: string | null = null): string {
  const row = statuses[status]
  const name = row === undefined ? 'of the carrier' : `ESME_${row.name}`
  const code = status.toString(16).padStart(4, '0').toUpperCase()
  return `command_status ${code} (${name})${words === null || words === '' ? '' : `: ${words}`}`
}

/** The refusal of a submit_sm. `own` is what the configuration wants done for statuses of this carrier. */
export function refusalOf(status: number, words: string | null, own: ReadonlyMap<number, Next>): Cause {
  const { next, by = 'carrier', accepted = 'no' }: Partial<Status> = statuses[status] ?? {}
  return {
    text: statusText(status, words),
    scheme: 'smpp',
    code: status,
    by,
    accepted,
    next: own.get(status) ?? next ?? 'give_up',
  }
}
