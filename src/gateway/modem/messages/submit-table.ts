import type { SubmitOutcome } from '../../../message/submit-outcome.ts'

/** Where an AT+CMGS is (TS 27.005 clause 4.3). */
export type State =
  | 'asked' // AT+CMGS was sent, the prompt is outstanding
  | 'objected' // an error came instead; a prompt after it shows that the error was another command's
  | 'prompted' // the modem waits for the PDU; the hub decides whether it may leave
  | 'written' // the PDU was written: from here on a timeout is doubt
  | 'failed' // an error came; some vendors send OK after it
  | 'referenced' // +CMGS came, its OK not yet
  | 'acknowledged' // a bare OK came; some vendors send +CMGS after it

export type Event =
  | 'prompt'
  | 'reference' // +CMGS: <mr>
  | 'ok'
  | 'error'
  | 'go' // the hub has its mark on the disk
  | 'stay' // the hub keeps the message
  | 'timeout' // the state has lasted too long
  | 'reset' // the modem has reset
  | 'lost' // the port is gone

export type Outcome = SubmitOutcome['outcome']

type Row = Readonly<Record<Event, State | Outcome | 'ignore'>>

/** The next state, or the outcome. What is ignored answers something else. */
// biome-ignore format: a table
export const table: Readonly<Record<State, Row>> = {
  asked:        { prompt: 'prompted', reference: 'ignore',     ok: 'ignore',       error: 'objected', go: 'ignore',  stay: 'ignore',   timeout: 'not_sent', reset: 'not_sent', lost: 'not_sent' },
  objected:     { prompt: 'prompted', reference: 'ignore',     ok: 'ignore',       error: 'ignore',   go: 'ignore',  stay: 'ignore',   timeout: 'refused',  reset: 'refused',  lost: 'refused' },
  prompted:     { prompt: 'ignore',   reference: 'ignore',     ok: 'ignore',       error: 'refused',  go: 'written', stay: 'not_sent', timeout: 'not_sent', reset: 'not_sent', lost: 'not_sent' },
  written:      { prompt: 'ignore',   reference: 'referenced', ok: 'acknowledged', error: 'failed',   go: 'ignore',  stay: 'ignore',   timeout: 'in_doubt', reset: 'in_doubt', lost: 'in_doubt' },
  failed:       { prompt: 'ignore',   reference: 'ignore',     ok: 'ignore',       error: 'ignore',   go: 'ignore',  stay: 'ignore',   timeout: 'refused',  reset: 'refused',  lost: 'refused' },
  referenced:   { prompt: 'ignore',   reference: 'ignore',     ok: 'sent',         error: 'sent',     go: 'ignore',  stay: 'ignore',   timeout: 'sent',     reset: 'sent',     lost: 'sent' },
  acknowledged: { prompt: 'ignore',   reference: 'sent',       ok: 'ignore',       error: 'failed',   go: 'ignore',  stay: 'ignore',   timeout: 'sent',     reset: 'sent',     lost: 'sent' },
}

/** Events after which nothing more follows, by state; after any other the line is resynchronised. */
const tidy: Readonly<Record<State, readonly Event[]>> = {
  asked: [],
  objected: ['timeout'],
  prompted: [],
  written: [],
  failed: ['timeout'],
  referenced: ['ok'],
  acknowledged: ['reference', 'timeout'],
}

export function isTidy(state: State, event: Event): boolean {
  return tidy[state].includes(event)
}
