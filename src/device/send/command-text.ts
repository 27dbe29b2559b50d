import { Fault } from '../../message/fault.ts'
import { own } from '../../util/own.ts'
import { type Device, settingOf } from '../device.ts'
import type { TakenParameters } from '../parameters/parameters.ts'
import { specOf } from '../parameters/settings.ts'
import type { Command } from '../schema/command.ts'
import { type Filling, type Piece, render, type Template, textOf } from '../schema/template.ts'

/** The whole text of a command: the template in its frame, with the request for an answer; null for a call. */
export function piecesOf(device: Device, command: Command, taken: TakenParameters, counter: number): Piece[] | null {
  if (command.text === undefined) return null
  const bare = barePieces(device, command, taken, counter)
  const request: Piece[] =
    command.reply.expect === 'none' || command.reply.request === ''
      ? []
      : [{ text: command.reply.request, secret: false }]
  const frame = frameOf(device, command)
  const pieces =
    frame === null
      ? [...bare, ...request]
      : render(frame, (name) =>
          name === 'command' ? bare : name === 'request' ? orNull(request) : settingPiece(device, name),
        )
  if (frame !== null && !frame.source.includes('{request}')) pieces.push(...request)
  return recased(device, pieces)
}

function recased({ dialect }: Device, pieces: readonly Piece[]): Piece[] {
  const recase = {
    upper: (text: string) => text.toUpperCase(),
    lower: (text: string) => text.toLowerCase(),
    exact: (text: string) => text,
    any: (text: string) => text,
  }[dialect.case]
  return pieces.map((piece) => ({ ...piece, text: recase(piece.text) }))
}

/** A command that may share a text with others: the common frame, and its own words. */
export interface Shared {
  readonly head: string
  readonly body: string
  readonly tail: string
}

/** Null for a command that needs a text of its own: a call, one that requests its answer, one that changes a secret. */
export function sharedOf(device: Device, command: Command, taken: TakenParameters, counter: number): Shared | null {
  const changes = Object.keys(command.secret).length > 0
  if (device.dialect.sms.join === null || command.text === undefined || changes) return null
  if (command.reply.request !== '' && command.reply.expect !== 'none') return null
  const bare = barePieces(device, command, taken, counter)
  const frame = frameOf(device, command)
  const here: Piece = { text: '', secret: false }
  const pieces =
    frame === null ? [here] : render(frame, (name) => (name === 'command' ? [here] : settingPiece(device, name)))
  const at = pieces.indexOf(here)
  if (at < 0) return null
  const text = (some: readonly Piece[]) => textOf(recased(device, some))
  return { head: text(pieces.slice(0, at)), body: text(bare), tail: text(pieces.slice(at + 1)) }
}

/** The command without its frame: the value of `{=command}`. */
export function barePieces(device: Device, command: Command, { wires }: TakenParameters, counter: number): Piece[] {
  if (command.text === undefined) return []
  return render(command.text, (name, format) => {
    const spec = own(command.params, name)
    if (spec !== undefined) return orNull([{ text: wires[name] ?? '', secret: spec.secret }])
    if (name === 'counter') return [{ text: counterText(counter, format), secret: false }]
    return settingPiece(device, name)
  })
}

export function frameOf(device: Device, command: Command): Template | null {
  const { frames } = device.dialect
  const name = command.frame ?? Object.keys(frames)[0] ?? 'none'
  return name === 'none' ? null : (own(frames, name) ?? null)
}

function settingPiece(device: Device, name: string): readonly Filling[] | null {
  const value = settingOf(device, name)
  if (value === null && name === 'hub_number') {
    throw new Fault(
      'not_allowed',
      `the hub does not know its own number; set "number" of its gateway, or "hub_number" in the settings of ${device.id}`,
      { device: device.id },
    )
  }
  return value === null ? null : [{ text: value, secret: specOf(device.dialect.settings, name)?.secret ?? false }]
}

const orNull = (pieces: readonly Piece[]): readonly Piece[] | null =>
  pieces.some((piece) => piece.text !== '') ? pieces : null

/** `hex4` is four hex digits, `4` four decimal ones. */
export function counterText(counter: number, format: string): string {
  const [, hex = '', digits = '1'] = /^(hex)?(\d*)$/.exec(format) ?? []
  const width = Number(digits || 1)
  const base = hex === '' ? 10 : 16
  return (counter % base ** width).toString(base).toUpperCase().padStart(width, '0')
}

/** The counter in such a text. */
export const counterOf = (text: string, format: string): number =>
  Number.parseInt(text, format.startsWith('hex') ? 16 : 10)
