import { typeOfAddressOf } from '../../../sms/tp-address.ts'
import { addressOf } from '../../network/party.ts'
import type { CommandTable } from '../equipment/command-table.ts'
import type { Equipment } from '../equipment/equipment.ts'
import type { MemoryName } from '../equipment/message-memory.ts'
import { cms } from '../equipment/result-codes.ts'
import { charsets } from '../equipment/te-charset.ts'
import { remembered, setNumbers } from './remembered.ts'

/** Allowed memories for each of the three of +CPMS: reports can be read, and are stored there automatically. */
const choices: readonly (readonly MemoryName[])[] = [
  ['SM', 'ME', 'SR'],
  ['SM', 'ME'],
  ['SM', 'ME'],
]

/** Type of address of a number of unknown type (TS 27.005 clause 3.1). */
const unknownType = 129

/** Settings of sending and receiving: TS 27.005 clauses 3.2 to 3.4. */
export const smsSettingsCommands: CommandTable = {
  '+CSMS': {
    ...remembered('+CSMS'),
    read: ({ settings }) => `+CSMS: ${settings.numbers['+CSMS'][0]},1,1,1`,
    set: (me, values) => {
      setNumbers(me, '+CSMS', values)
      return '+CSMS: 1,1,1'
    },
  },
  '+CPMS': {
    needs: 'sim',
    errors: 'cms',
    read: (me) => `+CPMS: ${me.chosen.map((name) => `"${name}",${counts(me, name)}`).join(',')}`,
    set: (me, values) => {
      const { mostMemories, fewestMemories } = me.personality
      if (values.count > mostMemories || values.count < fewestMemories) values.refuse()
      const wanted = choices.map((names, i) => values.oneOf(i, names, i === 0 ? undefined : me.chosen[i]))
      wanted.forEach((name, i) => {
        me.chosen[i] = name
      })
      return `+CPMS: ${me.chosen.map((name) => counts(me, name)).join(',')}`
    },
    test: choices.map((names) => `(${names.map((name) => `"${name}"`).join(',')})`).join(','),
  },
  '+CSCA': {
    needs: 'sim',
    errors: 'cms',
    read: ({ sim, settings }) => {
      const number = sim.serviceCentre ?? ''
      const type = number === '' ? unknownType : typeOfAddressOf(addressOf(number))
      return `+CSCA: "${charsets[settings.charset].write(number)}",${type}`
    },
    set: ({ sim, settings }, values) => {
      const number = charsets[settings.charset].read(values.text(0))
      const plus = values.number(1, 0) === 145 && !number.startsWith('+') ? '+' : ''
      sim.serviceCentre = number === '' ? null : plus + number
      return []
    },
    test: '',
  },
  '+CNMI': {
    ...remembered('+CNMI'),
    set: (me, values) => {
      setNumbers(me, '+CNMI', values)
      me.reception.release()
      return []
    },
  },
  // 3.3.4: cell broadcast is not simulated; its selection is accepted.
  '+CSCB': { errors: 'cms', read: () => '+CSCB: 0,"",""', set: () => [], test: '(0,1)' },
  // 3.3.5 and 3.3.6: the settings are kept with AT&W.
  '+CSAS': { errors: 'cms', execute: () => [], set: () => [], test: '' },
  '+CRES': { errors: 'cms', execute: () => [], set: () => [], test: '' },
  '+CNMA': {
    errors: 'cms',
    execute: ({ reception }) => {
      if (!reception.acknowledge(true)) throw cms(340)
      return []
    },
    // In PDU mode: 0 and 1 RP-ACK, 2 RP-ERROR; with a length an acknowledging TPDU follows, which is ignored here.
    set: async ({ reception }, values, dialogue) => {
      const how = values.number(0)
      if (how > 2) values.refuse()
      if (values.number(1, 0) > 0 && (await dialogue.ask('pdu')) === null) return []
      if (!reception.acknowledge(how < 2)) throw cms(340)
      return []
    },
    test: '(0-2)',
  },
}

function counts({ memories }: Equipment, name: MemoryName): string {
  return `${memories[name].used},${memories[name].capacity}`
}
