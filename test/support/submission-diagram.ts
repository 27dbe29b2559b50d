import type { Event, EventName } from '../../src/ledger/outbox/states/event.ts'
import { type Facts, type Phase, phaseOf, type State } from '../../src/ledger/outbox/states/state.ts'
import { impossible, next, table } from '../../src/ledger/outbox/states/table.ts'
import { Fault } from '../../src/message/fault.ts'
import { events, statesOf } from './submission-states.ts'

export const eventNames = Object.keys(table) as EventName[]
export const phaseNames = Object.keys(table.waits) as Phase[]

/** One event in one state, with what came of it: null is nothing. */
export interface Walked {
  readonly state: State
  readonly event: Event
  readonly after: Facts | null
  readonly effects: readonly string[]
}

const walks = new Map<string, Walked[] | Fault>()

/** Everything that can come of an event in a phase; a Fault where it is impossible. */
export function walk(phase: Phase, name: EventName): Walked[] | Fault {
  const key = `${phase} ${name}`
  const walked = walks.get(key) ?? walkCell(phase, name)
  walks.set(key, walked)
  return walked
}

function walkCell(phase: Phase, name: EventName): Walked[] | Fault {
  try {
    return statesOf(phase).flatMap((state) =>
      events[name].map((event) => {
        const moved = next(state, event)
        const after = moved === null ? null : { ...state.row, ...moved.columns }
        return { state, event, after, effects: moved?.effects ?? [] }
      }),
    )
  } catch (error) {
    if (error instanceof Fault && table[name][phase] === impossible) return error
    throw error
  }
}

/** In words: the phases and final statuses that an event may lead to. */
function outcomes(phase: Phase, name: EventName): string[] {
  const walked = walk(phase, name)
  if (walked instanceof Fault) return ['impossible']
  const found = walked.flatMap(({ state, after, effects }) => {
    if (after === null) return []
    if (effects.includes('publish_late_reply')) return ['late reply']
    if (state.phase === 'final')
      return [after.sms_status === state.row.sms_status ? 'noted' : `SMS ${after.sms_status}`]
    if (after.final === 1) return [`**${after.status}**`]
    return [phaseOf(after) === phase && after.step === state.row.step ? 'noted' : phaseOf(after)]
  })
  return [...new Set(found)].sort()
}

function diagram(): string[] {
  const edges = new Map<string, Set<string>>()
  for (const phase of phaseNames.filter((one) => one !== 'final'))
    for (const name of eventNames)
      for (const to of outcomes(phase, name).filter((one) => one !== 'noted' && one !== 'impossible')) {
        const status = /^\*\*(.*)\*\*$/.exec(to)?.[1]
        const edge = `${phase} --> ${status === undefined ? to : '[*]'}`
        const label = status === undefined || status === name ? name : `${name} (${status})`
        edges.set(edge, (edges.get(edge) ?? new Set()).add(label))
      }
  const lines = [...edges].map(([edge, labels]) => `  ${edge}: ${[...labels].join(', ')}`)
  return ['```mermaid', 'stateDiagram-v2', '  [*] --> scheduled', '  [*] --> queued', ...lines, '```']
}

function cells(): string[] {
  const rows = eventNames.map((name) => [name, ...phaseNames.map((phase) => outcomes(phase, name).join(', ') || '·')])
  const all = [['event', ...phaseNames], ...rows]
  const widths = (all[0] as string[]).map((_, i) => Math.max(...all.map((row) => (row[i] as string).length)))
  const [head = '', ...lines] = all.map(
    (row) => `| ${row.map((cell, i) => cell.padEnd(widths[i] as number)).join(' | ')} |`,
  )
  return [head, `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`, ...lines]
}

/** The part of src/README.md that is printed from the table. */
export function statesPage(): string {
  return [
    ...diagram(),
    '',
    'The same as a table, with every cell. Bold is a final status; "noted" changes figures or waits, and "·" nothing; "impossible" is a defect of the hub, and is reported as one.',
    '',
    ...cells(),
  ].join('\n')
}
