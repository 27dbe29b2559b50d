import type { CommandTable } from '../equipment/command-table.ts'
import type { Equipment } from '../equipment/equipment.ts'
import type { Charset } from '../equipment/modem-settings.ts'

const charsets: readonly Charset[] = ['GSM', 'IRA', 'UCS2']

/** Functionality 0, 1 and 4 of TS 27.007 clause 8.2. */
const functionalities = [0, 1, 4]

/** The equipment itself: TS 27.007 clauses 5.5, 8.1, 8.2, 8.4, 8.9, 8.15. */
export const equipmentCommands: CommandTable = {
  '+CFUN': {
    read: ({ radio }) => `+CFUN: ${radio.functionality}`,
    set: (me, values) => {
      const functionality = values.number(0)
      const restarts = values.number(1, 0)
      if (!functionalities.includes(functionality) || restarts > 1) values.refuse()
      if (restarts === 1) me.restart()
      else if (functionality !== me.radio.functionality)
        me.radio.setFunctionality(functionality, me.personality.registerMs)
      return []
    },
    test: '(0,1,4),(0,1)',
  },
  // 0 ready, 3 ringing, 4 call in progress
  '+CPAS': {
    execute: ({ telephone: { current } }) =>
      `+CPAS: ${!current ? 0 : current.isIncoming && current.call.state === 'ringing' ? 3 : 4}`,
    test: '(0,3,4)',
  },
  '+CBC': { execute: () => '+CBC: 0,100', test: '(0-3),(0-100)' },
  '+CCLK': {
    read: (me) => `+CCLK: "${timeOf(me)}"`,
    set: (me, values) => {
      const [, year, month, day, time] =
        /^(\d\d)\/(\d\d)\/(\d\d),(\d\d:\d\d:\d\d)/.exec(values.text(0)) ?? values.refuse()
      const at = Date.parse(`20${year}-${month}-${day}T${time}Z`)
      if (Number.isNaN(at)) values.refuse()
      me.clockOffsetMs = at - me.clock.wall()
      return []
    },
    test: '',
  },
  // Signal in bars of 0 to 5, service, unread message, message memory full.
  '+CIND': {
    read: ({ radio, memories }) => {
      const { signal } = radio.state
      const bars = signal > 31 ? 0 : Math.min(5, Math.ceil(signal / 6))
      return `+CIND: ${bars},${radio.isRegistered ? 1 : 0},${memories.SM.isFull ? 1 : 0}`
    },
    test: '("signal",(0-5)),("service",(0,1)),("smsfull",(0,1))',
  },
  '+CSCS': {
    read: ({ settings }) => `+CSCS: "${settings.charset}"`,
    set: ({ settings }, values) => {
      settings.charset = values.oneOf(0, charsets)
      return []
    },
    test: `(${charsets.map((name) => `"${name}"`).join(',')})`,
  },
}

/** "yy/MM/dd,hh:mm:ss±zz" in UTC. */
function timeOf({ clock, clockOffsetMs }: Equipment): string {
  const iso = new Date(clock.wall() + clockOffsetMs).toISOString()
  return `${iso.slice(2, 10).replaceAll('-', '/')},${iso.slice(11, 19)}+00`
}
