import { Fault } from '../message/fault.ts'
import { type Device, settingOf } from './device.ts'
import { own } from './own.ts'
import type { TakenParameters } from './parameters.ts'
import type { Command } from './schema/command.ts'
import { specOf } from './settings.ts'
import { type Filling, type Piece, render, type Template } from './template.ts'

/** The whole text of a command: the template in its frame, with the request for an answer; null for a call. */
export function piecesOf(device: Device, command: Command, taken: TakenParameters, counter: number): Piece[] | null {
  if (command.text === undefined) return null
  const { dialect } = device
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
  const recase = {
    upper: (text: string) => text.toUpperCase(),
    lower: (text: string) => text.toLowerCase(),
    exact: null,
    any: null,
  }[dialect.case]
  return recase === null ? pieces : pieces.map((piece) => ({ ...piece, text: recase(piece.text) }))
}

/** The command without its frame: what `{=command}` stands for. */
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

/** The count that such a text shows. */
export const counterOf = (text: string, format: string): number =>
  Number.parseInt(text, format.startsWith('hex') ? 16 : 10)
