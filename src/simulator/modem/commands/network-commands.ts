import type { CommandRow, CommandTable } from '../equipment/command-table.ts'
import type { Equipment } from '../equipment/equipment.ts'
import type { NumbersName } from '../equipment/modem-settings.ts'
import { type RadioState, registrations } from '../equipment/radio.ts'
import { remembered } from './remembered.ts'

/** <mode> of +COPS (TS 27.007 clause 7.3). */
const automatic = 0
const manual = 1
const deregister = 2
const formatOnly = 3

/** Registration, operator and signal: TS 27.007 clauses 7.2, 7.3, 8.5, 8.69, 10.1. */
export const networkCommands: CommandTable = {
  '+CREG': registration('+CREG'),
  '+CGREG': registration('+CGREG'),
  '+CEREG': registration('+CEREG'),
  '+COPS': {
    needs: 'sim',
    read: ({ radio, settings }) => {
      if (!radio.isRegistered) return '+COPS: 0'
      return `+COPS: 0,${settings.operatorFormat},"${nameOf(radio.state, settings.operatorFormat)}",${radio.state.technology}`
    },
    set: (me, values) => {
      const mode = values.number(0)
      if (mode > 4) values.refuse()
      const format = values.number(1, me.settings.operatorFormat)
      if (format > 2) values.refuse()
      if (mode === formatOnly) me.settings.operatorFormat = format
      if (mode === manual && values.text(2) !== nameOf(me.radio.state, format)) values.refuse()
      if (mode === automatic || mode === manual) me.radio.setAllowed(true, me.personality.registerMs)
      if (mode === deregister) me.radio.setAllowed(false, 0)
      return []
    },
    test: ({ radio }) => {
      const { operator, technology } = radio.state
      return `(2,"${operator.long}","${operator.short}","${operator.numeric}",${technology}),,(0-4),(0-2)`
    },
  },
  '+CSQ': { execute: ({ radio }) => `+CSQ: ${radio.state.signal},99`, test: '(0-31,99),(0-7,99)' },
  '+CESQ': {
    // Power of the reference signal: the same scale, spread over 0 to 97.
    execute: ({ radio: { state } }) =>
      `+CESQ: 99,99,255,255,${state.signal > 31 ? '255,255' : `20,${state.signal * 3}`}`,
    test: '(0-63,99),(0-7,99),(0-96,255),(0-49,255),(0-34,255),(0-97,255)',
  },
  '+CGATT': {
    read: ({ radio }) => `+CGATT: ${radio.isRegistered ? 1 : 0}`,
    set: (_, values) => (values.number(0) > 1 ? values.refuse() : []),
    test: '(0,1)',
  },
  '+WS46': { read: () => '28', test: '(12,28)', set: () => [] },
}

type Reporting = Extract<NumbersName, '+CREG' | '+CGREG' | '+CEREG'>

function registration(name: Reporting): CommandRow {
  return { ...remembered(name), read: (me) => `${name}: ${me.settings.numbers[name][0]},${place(me, name)}` }
}

/** The lines that report a change, for the enabled commands. */
export function registrationLines(me: Equipment): readonly string[] {
  const names: readonly Reporting[] = ['+CREG', '+CGREG', '+CEREG']
  return names.filter((name) => me.settings.numbers[name][0] !== 0).map((name) => `${name}: ${place(me, name)}`)
}

/** <stat>, and at n = 2 area and cell in quotes. */
function place({ radio, settings }: Equipment, name: Reporting): string {
  const { state } = radio
  const stat = registrations[state.registration]
  if (settings.numbers[name][0] !== 2 || !radio.isRegistered) return String(stat)
  return `${stat},"${state.area}","${state.cell}",${state.technology}`
}

function nameOf({ operator }: RadioState, format: number): string {
  return [operator.long, operator.short, operator.numeric][format] ?? operator.long
}
