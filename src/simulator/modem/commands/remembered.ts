import type { Arguments } from '../equipment/arguments.ts'
import type { CommandRow, CommandTable } from '../equipment/command-table.ts'
import type { Equipment } from '../equipment/equipment.ts'
import { mayBeSet, type NumbersName, type RememberedNumbers, rememberedNumbers } from '../equipment/modem-settings.ts'
import { cme, cms } from '../equipment/result-codes.ts'

/** The row of a command that stores numbers. Those that a set command leaves out are kept. */
export function remembered(name: NumbersName): CommandRow & Required<Pick<CommandRow, 'set' | 'read' | 'test'>> {
  const { errors }: RememberedNumbers = rememberedNumbers[name]
  return {
    ...(errors && { errors }),
    set: (me, values) => {
      setNumbers(me, name, values)
      return []
    },
    read: (me) => (name.startsWith('+') ? `${name}: ${me.settings.numbers[name].join(',')}` : shownRegister(me, name)),
    test: (me) => valuesOf(me, name),
    // V.250 clause 5.3.1: a basic command without its number means 0.
    ...(!name.startsWith('+') && {
      execute: (me: Equipment) => {
        me.settings.numbers[name][0] = 0
        return []
      },
    }),
  }
}

/** Stores the numbers, or refuses those that this model does not accept. */
export function setNumbers(me: Equipment, name: NumbersName, values: Arguments): void {
  const wanted = values.numbers()
  const { errors }: RememberedNumbers = rememberedNumbers[name]
  if (!mayBeSet(valuesOf(me, name), wanted)) throw errors === 'cms' ? cms(303) : cme(50)
  wanted.forEach((value, i) => {
    if (value !== null) me.settings.numbers[name][i] = value
  })
}

/** All of them; rows of other tables with more functions override them. */
export const rememberedCommands: CommandTable = Object.fromEntries(
  (Object.keys(rememberedNumbers) as NumbersName[]).map((name) => [name, remembered(name)]),
)

function valuesOf(me: Equipment, name: NumbersName): string {
  return me.personality.values[name] ?? rememberedNumbers[name].values
}

/** V.250 clause 5.3.2: a register is shown as three digits. */
function shownRegister(me: Equipment, name: NumbersName): string {
  return String(me.settings.numbers[name][0]).padStart(3, '0')
}
