import { Fault } from '../message/fault.ts'
import { decodePdu } from '../sms/decode-pdu.ts'
import { escaped } from '../util/escape.ts'
import { type CliContext, exitCodes, linesOf } from './context.ts'

/**
 * `pdu decode`: decodes PDUs. With --json one PDU per line of standard input (or from the arguments), and one JSON
 * object per line of output; a malformed one gives {"error", "octet"}.
 */
export async function decodePdus(
  { stdin, stdout, stderr }: CliContext,
  pdus: readonly string[],
  options: { readonly json: boolean },
): Promise<number> {
  let malformed = 0
  const show = (hex: string) => {
    const answer = decoded(hex)
    if ('error' in answer) malformed++
    if (options.json) stdout.write(`${JSON.stringify(answer)}\n`)
    else if ('error' in answer) stderr.write(`malformed: ${answer.message}\n`)
    else stdout.write(`${forPeople(answer)}\n`)
  }
  if (pdus.length > 0) for (const pdu of pdus) show(pdu)
  else for await (const line of linesOf(stdin)) if (options.json || line.trim() !== '') show(line)
  return malformed > 0 && !options.json ? exitCodes.failure : exitCodes.ok
}

type Answer = Record<string, unknown> & { message?: unknown }

function decoded(hex: string): Answer {
  try {
    return { ...decodePdu(hex) }
  } catch (error) {
    const { message, detail } = Fault.from(error)
    return { ...detail, message }
  }
}

/** One field per line, tables and lists as JSON. */
function forPeople(tpdu: Answer): string {
  const width = Math.max(...Object.keys(tpdu).map((name) => name.length))
  return Object.entries(tpdu)
    .map(
      ([name, value]) => `${name.padEnd(width)}  ${typeof value === 'string' ? escaped(value) : JSON.stringify(value)}`,
    )
    .join('\n')
}
