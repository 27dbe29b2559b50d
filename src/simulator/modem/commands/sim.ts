import type { CommandRow, CommandTable } from '../equipment/command-table.ts'
import type { Equipment } from '../equipment/equipment.ts'
import { cme } from '../equipment/result-codes.ts'
import type { SimState } from '../equipment/simulated-sim-card.ts'

/** <code> of +CPIN? (TS 27.007 clause 8.3); the states without one are errors. */
const codes: Partial<Readonly<Record<SimState, string>>> = { ready: 'READY', pin: 'SIM PIN', puk: 'SIM PUK' }

/** Commands of +CRSM (TS 51.011 clause 9.2). */
const readBinary = 176
const getResponse = 192

/** Elementary files that +CRSM reads (TS 51.011 clause 10): EF_ICCID and EF_AD with an MNC of two digits. */
const files: Readonly<Record<number, (me: Equipment) => string>> = {
  12258: (me) => swapped(me.sim.iccid.padEnd(20, 'F')),
  28589: () => '00000002',
}

const tries: CommandRow['execute'] = ({ sim }) => [
  `+CPINR: SIM PIN,${sim.tries.pin},3`,
  `+CPINR: SIM PUK,${sim.tries.puk},10`,
]

/** The SIM: TS 27.007 clauses 7.4, 7.5, 8.3, 8.18 and 8.65. */
export const simCommands: CommandTable = {
  '+CPIN': {
    read: ({ sim }) => {
      const code = codes[sim.state]
      if (code === undefined) throw sim.refusal('cme')
      return `+CPIN: ${code}`
    },
    set: (me, values) => {
      const { sim } = me
      if (sim.state === 'ready') throw cme(3)
      if (sim.state !== 'pin' && sim.state !== 'puk') throw sim.refusal('cme')
      if (sim.state === 'puk' && values.count < 2) throw cme(12)
      const right = sim.state === 'pin' ? sim.enterPin(values.text(0)) : sim.enterPuk(values.text(0), values.text(1))
      if (!right) throw cme(16)
      me.radio.search(me.personality.registerMs)
      return []
    },
    test: '',
  },
  '+CPINR': { execute: tries, set: tries, test: '' },
  '+CLCK': {
    needs: 'sim',
    set: ({ sim }, values) => {
      values.oneOf(0, ['SC'])
      const mode = values.number(1)
      if (mode === 2) return `+CLCK: ${sim.locked ? 1 : 0}`
      if (mode > 2) values.refuse()
      if (!sim.enterPin(values.text(2))) throw cme(16)
      sim.setLock(mode === 1)
      return []
    },
    test: '("SC")',
  },
  '+CPWD': {
    needs: 'sim',
    set: ({ sim }, values) => {
      values.oneOf(0, ['SC'])
      if (!sim.enterPin(values.text(1))) throw cme(16)
      sim.changePin(values.text(2))
      return []
    },
    test: '("SC",8)',
  },
  '+CRSM': {
    needs: 'sim',
    set: (me, values) => {
      const command = values.number(0)
      const identifier = values.number(1)
      const file = files[identifier]?.(me)
      // 94 04: there is no such file (clause 9.4.3).
      if (file === undefined) return '+CRSM: 148,4'
      if (command === getResponse) return `+CRSM: 144,0,"${describe(identifier, file)}"`
      return command === readBinary ? `+CRSM: 144,0,"${file}"` : '+CRSM: 109,0'
    },
    test: '',
  },
}

/** A transparent elementary file, readable at any time (clause 9.2.1). */
function describe(identifier: number, file: string): string {
  const word = (value: number) => value.toString(16).padStart(4, '0').toUpperCase()
  return `0000${word(file.length / 2)}${word(identifier)}040000FFFF01020000`
}

/** Each octet with its low semi-octet first. */
function swapped(digits: string): string {
  return digits.replace(/(.)(.)/g, '$2$1')
}
