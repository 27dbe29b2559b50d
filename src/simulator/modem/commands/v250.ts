import type { CommandRow, CommandTable } from '../equipment/command-table.ts'
import { factorySettings } from '../equipment/modem-settings.ts'

/** Accepted and without effect: loudspeaker, pulse and tone dialling. */
const nothing: CommandRow = { execute: () => [], set: () => [] }

/** Commands of V.250 that do more than store a number. */
export const v250Commands: CommandTable = {
  // 6.1.1: back to what AT&W saved.
  Z: { execute: (me) => takeSettings(me, 'saved'), set: (me) => takeSettings(me, 'saved') },
  // 6.1.2
  '&F': { execute: (me) => takeSettings(me, 'factory'), set: (me) => takeSettings(me, 'factory') },
  '&W': { execute: (me) => save(me), set: (me) => save(me) },
  '&V': {
    execute: ({ settings }) =>
      Object.entries(settings.numbers).map(([name, numbers]) => `${name}: ${numbers.join(',')}`),
  },
  L: nothing,
  M: nothing,
  P: nothing,
  T: nothing,
  // 6.1.9
  '+GCAP': { execute: () => '+GCAP: +CGSM,+DS,+ES', test: '' },
}

type Me = Parameters<NonNullable<CommandRow['execute']>>[0]

function takeSettings(me: Me, from: 'saved' | 'factory'): readonly string[] {
  me.settings = from === 'saved' ? structuredClone(me.saved) : factorySettings()
  return []
}

function save(me: Me): readonly string[] {
  me.saved = structuredClone(me.settings)
  return []
}
