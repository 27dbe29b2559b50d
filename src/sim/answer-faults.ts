import type { Clock } from '../util/clock.ts'
import type { AnswerWriter, LineResult } from './answer.ts'
import type { FaultBoard } from './fault-board.ts'

/** Octets that leave after a wait. */
export interface Piece {
  readonly afterMs: number
  readonly octets: string
}

/** An answer as it goes out, with whatever faults are switched on for it. */
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

/** The lines of information, with a stranger between them or glued to the last. */
function informationOf(
  { blocks }: LineResult,
  command: string | null,
  writer: AnswerWriter,
  faults: FaultBoard,
): string {
  if (blocks.every((lines) => lines.length === 0)) return ''
  const inside = faults.take('unsolicited', { at: 'inside_answer', command })
  const glued = faults.take('unsolicited', { at: 'glued', command })
  const told = blocks.map((lines) => (glued ? [...lines.slice(0, -1), (lines.at(-1) ?? '') + glued.line] : lines))
  return told
    .map((lines) => {
      if (!inside) return writer.lines(lines)
      return writer.lines(lines.slice(0, 1)) + writer.lines([inside.line]) + writer.lines(lines.slice(1))
    })
    .join('')
}

function noise(octets: number, clock: Clock): string {
  return Array.from({ length: octets }, () => String.fromCharCode(Math.floor(clock.random() * 256))).join('')
}
