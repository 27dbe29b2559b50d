import type { Clock } from '../../util/clock.ts'
import type { FaultBoard } from './equipment/fault-board.ts'
import { damages } from './equipment/faults.ts'
import type { AnswerWriter, LineResult } from './modem-answer.ts'

/** Octets sent after a delay. */
export interface Piece {
  readonly afterMs: number
  readonly octets: string
}

/** An answer as sent, with the active faults. */
export function piecesOf(
  result: LineResult,
  command: string | null,
  writer: AnswerWriter,
  faults: FaultBoard,
  clock: Clock,
): readonly Piece[] {
  const at = (place: string) => ({ at: place, command })
  const late = faults.take('late_answer', { command })
  const garbage = faults.take('garbage', { command })
  const before = faults.take('unsolicited', at('before_answer'))
  const information = faults.take('bare_ok', { command }) ? '' : informationOf(result, command, writer, faults)
  const final = writer.final(result.final)
  const double = faults.take('double_final', { command })
  const okFirst = information === '' ? null : faults.take('ok_first', { command })
  const head = (garbage ? noise(garbage.octets, clock) : '') + (before ? writer.lines([before.line]) : '')
  faults.take('line_ends')
  const tail = double ? writer.final(double.final) : ''
  const first = { afterMs: late?.ms ?? 0, octets: head + (okFirst ? final : information + final) + tail }
  return okFirst ? [first, { afterMs: okFirst.gapMs, octets: information }] : [first]
}

/** The lines of information, with an unsolicited line between them or glued to the last. */
function informationOf(
  { blocks }: LineResult,
  command: string | null,
  writer: AnswerWriter,
  faults: FaultBoard,
): string {
  const other = faults.take('answer', { command })?.lines
  const given = other === undefined ? blocks : [other]
  if (given.every((lines) => lines.length === 0)) return ''
  const inside = faults.take('unsolicited', { at: 'inside_answer', command })
  const glued = faults.take('unsolicited', { at: 'glued', command })
  const information = given
    .map((lines) => damagedLines(lines, command, faults))
    .map((lines) => (glued ? [...lines.slice(0, -1), (lines.at(-1) ?? '') + glued.line] : lines))
  return information
    .map((lines) => {
      if (!inside) return writer.lines(lines)
      return writer.lines(lines.slice(0, 1)) + writer.lines([inside.line]) + writer.lines(lines.slice(1))
    })
    .join('')
}

function noise(octets: number, clock: Clock): string {
  return Array.from({ length: octets }, () => String.fromCharCode(Math.floor(clock.random() * 256))).join('')
}

/** Lines as transferred by a bad line, which damages the hex of a PDU. */
export function damagedLines(lines: readonly string[], command: string | null, faults: FaultBoard): readonly string[] {
  if (!lines.some(isPdu)) return lines
  const damage = faults.take('damaged', { command })
  return damage === null ? lines : lines.map((line) => (isPdu(line) ? damages[damage.how](line) : line))
}

function isPdu(line: string): boolean {
  return /^(?:[0-9A-F]{2}){15,}$/.test(line)
}
