import type { ModemFault, Point } from '../../src/simulator/modem/equipment/faults.ts'
import type { Week } from './week.ts'

const second = 1_000
const minute = 60 * second
const hour = 60 * minute

/** What ends with the modem in order, if nobody touches it. */
export interface Outage {
  readonly kind: string
  /** Simulated seconds within which texts must go both ways again, with a look at the modem every `heartbeat`. */
  readonly within: (heartbeat: number) => number
  /** Answers the moment from which recovery counts: the end of the fault, or its strike; null when nothing met it. */
  readonly strike: (week: Week) => Promise<number | null>
}

/** s: from an open port of a modem that boots to one that serves: line, SIM, registration, settings, its first sweep. */
const startUp = 60
/** s: the longest wait between two tries of a port, and the longest rung of the ladder (a reset and its settling). */
const reopen = 30
const rung = 40
/** s: an answer that never comes is given up, by command, and the line brought in step. */
const answer = 20
const submit = 180
const resync = 20
/** s: what a text needs through the network of the test. */
const transit = 5

/** Commands of every dialogue that the driver has with a modem, and what makes it say them. */
const dialogues: readonly (readonly [command: string, poke: 'send' | 'receive' | 'look' | 'start'])[] = [
  ['+CMGS', 'send'],
  ['+CMGR', 'receive'],
  ['+CMGD', 'receive'],
  ['+CMGL', 'look'],
  ['+CSQ', 'look'],
  ['+CREG', 'look'],
  ['+CNMI', 'look'],
  ['E', 'start'],
  ['+CMEE', 'start'],
  ['+CGSN', 'start'],
  ['+CFUN', 'start'],
  ['+CPIN', 'start'],
  ['+CIMI', 'start'],
  ['+CMGF', 'start'],
  ['+CSMS', 'start'],
  ['+CPMS', 'start'],
  ['+CNMI', 'start'],
  ['+CMGL', 'start'],
]

const everywhere: readonly Point[] = ['command', 'inside_answer']
const ofSubmit: readonly Point[] = [
  'command',
  'before_prompt',
  'after_prompt',
  'inside_pdu',
  'before_acceptance',
  'after_acceptance',
  'inside_answer',
]

/** Every point of every dialogue, as often as there are ways to fail there. */
function inDialogues(): Outage[] {
  return dialogues.flatMap(([command, poke]) =>
    (command === '+CMGS' ? ofSubmit : everywhere).flatMap((at): Outage[] => {
      const strike = (fault: ModemFault) => (week: Week) => week.strikes({ ...fault, times: 1 }, poke)
      const silence: Outage = {
        kind: 'silence in a dialogue',
        within: (heartbeat) => heartbeat + (command === '+CMGS' ? submit : answer) + resync + startUp + transit,
        strike: strike({ fault: 'silence', at, command }),
      }
      const reset: Outage = {
        kind: 'a reset in a dialogue',
        within: (heartbeat) => heartbeat + (command === '+CMGS' ? submit : answer) + resync + startUp + transit,
        strike: strike({ fault: 'reset', at, command }),
      }
      const returnsAfterMs = 10 * second
      const unplug: Outage = {
        kind: 'unplugged in a dialogue',
        within: () => reopen + startUp + transit,
        strike: async (week) => {
          const struck = await week.strikes({ fault: 'unplug', at, command, returnsAfterMs, times: 1 }, poke)
          return struck === null ? null : struck + returnsAfterMs
        },
      }
      // An answer that breaks off in the middle is what unplugging and resets do.
      return at === 'inside_pdu' || at === 'inside_answer' ? [reset, unplug] : [silence, reset, unplug]
    }),
  )
}

/** A state that lasts, with texts going both ways, and then ends by itself. */
function lasting(
  kind: string,
  [least, most]: readonly [number, number],
  within: Outage['within'],
  begin: (week: Week) => void,
  end: (week: Week) => void,
): Outage {
  return {
    kind,
    within,
    strike: async (week) => {
      begin(week)
      await week.live(week.between(least, most))
      end(week)
      return week.now
    },
  }
}

const tried = (heartbeat: number) => heartbeat + reopen + rung + resync + startUp + transit
const clear = ({ bench }: Week) => bench.modem.faults.clear()
const faulty =
  (...faults: readonly ModemFault[]) =>
  ({ bench }: Week) => {
    for (const fault of faults) bench.modem.faults.add(fault)
  }

const states: readonly Outage[] = [
  lasting(
    'unplugged for long',
    [minute, 6 * hour],
    () => reopen + startUp + transit,
    ({ bench }) => bench.modem.unplug(),
    ({ bench }) => bench.modem.plugIn(),
  ),
  lasting(
    'no answer to anything',
    [10 * second, 3 * hour],
    tried,
    faulty({ fault: 'silence', at: 'everywhere' }),
    clear,
  ),
  lasting('garbage in every answer', [minute, hour], tried, faulty({ fault: 'garbage', octets: 60 }), clear),
  lasting(
    'every message refused',
    [minute, hour],
    tried,
    faulty({ fault: 'error', at: 'before_acceptance', command: '+CMGS', cms: 500 }),
    clear,
  ),
  lasting(
    'no message mode',
    [minute, 2 * hour],
    tried,
    (week) => {
      faulty({ fault: 'error', at: 'command', command: '+CMGF' })(week)
      week.bench.modem.reset()
    },
    clear,
  ),
  lasting('full storage', [minute, 2 * hour], tried, faulty({ fault: 'storage_full' }), clear),
  lasting(
    'announcements lost',
    [minute, hour],
    (heartbeat) => heartbeat + transit + 2,
    faulty({ fault: 'lost_indication' }),
    // The one that recovery counts by is lost, too.
    ({ bench }) => {
      bench.modem.faults.clear()
      bench.modem.faults.add({ fault: 'lost_indication', times: 1 })
    },
  ),
  lasting(
    'no network',
    [minute, 8 * hour],
    tried,
    (week) => week.bench.modem.radio.change({ registration: week.any(['searching', 'idle', 'denied', 'unknown']) }),
    ({ bench }) => bench.modem.radio.change({ registration: 'home' }),
  ),
  lasting(
    'the SIM pulled out',
    [minute, 3 * hour],
    // A card that was back before anybody looked wants its PIN.
    (heartbeat) => tried(heartbeat) + rung,
    ({ bench }) => {
      bench.modem.sim.inserted = false
    },
    ({ bench }) => {
      bench.modem.sim.inserted = true
      bench.modem.sim.powerOn()
    },
  ),
  {
    kind: 'a reset',
    within: () => startUp + transit,
    strike: async (week) => {
      week.bench.modem.reset()
      return week.now
    },
  },
  {
    kind: 'a reset that says nothing',
    within: (heartbeat) => heartbeat + answer + resync + startUp + transit,
    strike: async (week) => {
      const { now } = week
      const { faults } = week.bench.modem
      faults.add({ fault: 'silence', at: 'everywhere' })
      week.bench.modem.reset()
      await week.pass(10 * second)
      faults.clear()
      return now
    },
  },
  {
    kind: 'the hub killed',
    within: () => reopen + startUp + submit + transit,
    strike: async (week) => {
      week.out()
      await week.pass(week.between(0, 10 * second))
      week.restart()
      return week.now
    },
  },
  {
    kind: 'a wrong PIN, corrected',
    within: () => startUp + transit,
    strike: (week) => week.wrongPin(),
  },
  {
    kind: 'hung until it is reset',
    // Found by a look, three tries of the port, the radio; then the reset.
    within: (heartbeat) => heartbeat + answer + 4 * (resync + reopen) + rung + startUp + transit,
    strike: (week) => week.hangs((written) => /^AT(\+CFUN=1,1|\^RESET|\+CRESET|#REBOOT|\+CFUN=16)$/.test(written)),
  },
  {
    kind: 'hung until it loses its power',
    within: (heartbeat) => heartbeat + answer + 7 * (resync + reopen) + 2 * rung + startUp + transit,
    strike: (week) => week.hangs(() => false),
  },
]

/** A week's worth: every point of every dialogue once, every state three times. */
export function allOutages(): Outage[] {
  return [...inDialogues(), ...states, ...states, ...states]
}
