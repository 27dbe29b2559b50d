import { Fault } from '../../message/fault.ts'
import { vendorCommands } from './commands/vendor-commands.ts'
import { Arguments } from './equipment/arguments.ts'
import { type Command, parseCommandLine, withoutBlanks } from './equipment/command-line.ts'
import type { Answer, CommandRow, CommandTable } from './equipment/command-table.ts'
import { type Dialogue, type Equipment, Silence } from './equipment/equipment.ts'
import { cme, cms, Refusal } from './equipment/result-codes.ts'
import type { LineResult } from './modem-answer.ts'

/**
 * Carries out a command line (V.250 clause 5.3): one command after the other, until one fails. Null when a fault has
 * dropped the answer.
 *
 * @param dialogueFor the dialogue with the DTE for the command with this name
 */
export async function interpret(
  body: string,
  table: CommandTable,
  me: Equipment,
  dialogueFor: (command: string) => Dialogue,
): Promise<LineResult | null> {
  const { answers, unknownCommand, chatter, noOkBehind } = me.personality
  const line = withoutBlanks(body).toUpperCase()
  if (chatter.some(({ until }) => until === line)) me.heard.add(line)
  const own = answers[line]
  if (own) return { blocks: [own], final: 'OK' }
  const commands = parseCommandLine(body)
  if (commands === null) return { blocks: [], final: unknownCommand }
  const blocks: (readonly string[])[] = []
  try {
    if (commands.length === 0) dialogueFor('').reach('command')
    for (const command of commands) {
      const dialogue = dialogueFor(command.name)
      dialogue.reach('command')
      const answer = await carryOut(command, table, me, dialogue)
      blocks.push(answer === undefined ? [] : typeof answer === 'string' ? [answer] : answer)
    }
    const [only] = commands.length === 1 ? commands : []
    const isBare = only !== undefined && noOkBehind.includes(only.name) && blocks.flat().length > 0
    return { blocks, final: isBare ? null : 'OK' }
  } catch (error) {
    if (error instanceof Silence) return null
    // A message that the codec can't encode is a failure of the ME, not of the simulator.
    const refusal = error instanceof Fault ? cms(300) : error
    if (refusal instanceof Refusal) return { blocks, final: refusal.final(me.settings.numbers['+CMEE'][0] ?? 0) }
    throw error
  }
}

async function carryOut(command: Command, table: CommandTable, me: Equipment, dialogue: Dialogue): Promise<Answer> {
  const row = rowOf(command.name, table, me)
  if (!row) throw new Refusal(null, 0, me.personality.unknownCommand)
  if (command.form === 'test') return testAnswer(command.name, row, me)
  const handler = row[command.form]
  if (!handler) throw row.errors === 'cms' ? cms(303) : cme(4)
  const refusal = row.needs === 'sim' ? me.sim.refusal(row.errors ?? 'cme') : null
  if (refusal) throw refusal
  return handler(me, new Arguments(command.parameters, row.errors === 'cms' ? invalid(me) : cme(50)), dialogue)
}

function rowOf(name: string, table: CommandTable, { personality }: Equipment): CommandRow | undefined {
  if (personality.lacks.includes(name)) return undefined
  return personality.commands.includes(name) ? vendorCommands[name] : table[name]
}

/** TS 27.005 clause 3.2.5: the error depends on the mode. */
function invalid({ settings }: Equipment): Refusal {
  return settings.numbers['+CMGF'][0] === 1 ? cms(305) : cms(304)
}

function testAnswer(name: string, { test, errors }: CommandRow, me: Equipment): Answer {
  if (test === undefined) throw errors === 'cms' ? cms(303) : cme(4)
  const values = typeof test === 'string' ? test : test(me)
  return values === '' ? [] : `${name}: ${values}`
}
