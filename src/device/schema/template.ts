/** The parsed text of a command with holes for parameters and settings. Nothing is trimmed or added. */
export interface Template {
  readonly source: string
  readonly parts: readonly TemplatePart[]
}

export type TemplatePart =
  | { readonly part: 'text'; readonly text: string }
  /** `{name}` or `{name:format}` */
  | { readonly part: 'hole'; readonly name: string; readonly format: string }
  /** `[…]`, left out when a hole in it is empty. */
  | { readonly part: 'optional'; readonly of: readonly TemplatePart[] }

export class TemplateError extends Error {}

/** What a hole is filled with. */
export interface Filling {
  readonly text: string
  readonly secret: boolean
}

/** A piece of a composed text; the secret ones are masked by their place. */
export type Piece = Filling

const holeForm = /^([a-z][a-z0-9_]*)(?::([a-z0-9]+))?$/

export function parseTemplate(source: string): Template {
  const { parts, end } = parse(source, 0, false)
  if (end < source.length) throw new TemplateError(`"]" at ${end} closes nothing; write \\] for the character`)
  return { source, parts }
}

function parse(source: string, start: number, inside: boolean): { parts: TemplatePart[]; end: number } {
  const parts: TemplatePart[] = []
  let at = start
  let text = ''
  const flush = (): void => {
    if (text !== '') parts.push({ part: 'text', text })
    text = ''
  }
  for (; at < source.length; at++) {
    const char = source[at] as string
    if (char === '\\') {
      if (at + 1 === source.length) throw new TemplateError('"\\" has nothing to quote')
      text += source[++at]
    } else if (char === ']') break
    else if (char === '[') {
      flush()
      const group = parse(source, at + 1, true)
      parts.push({ part: 'optional', of: group.parts })
      at = group.end
    } else if (char === '{') {
      flush()
      const end = source.indexOf('}', at)
      const [whole, name, format = ''] = holeForm.exec(source.slice(at + 1, Math.max(end, at + 1))) ?? []
      if (whole === undefined || name === undefined)
        throw new TemplateError(`"{" at ${at} begins no {name}; write \\{ for the character`)
      parts.push({ part: 'hole', name, format })
      at = end
    } else text += char
  }
  flush()
  if (inside && at >= source.length) throw new TemplateError('"]" is missing')
  return { parts, end: at }
}

/** Fills the holes. `fill` returns null for an empty one: an optional group with it is left out, elsewhere it is ''. */
export function render(template: Template, fill: (name: string, format: string) => readonly Piece[] | null): Piece[] {
  return renderParts(template.parts, fill) ?? []
}

type Fill = (name: string, format: string) => readonly Piece[] | null

function renderParts(parts: readonly TemplatePart[], fill: Fill, optional = false): Piece[] | null {
  const pieces: Piece[] = []
  for (const part of parts) {
    if (part.part === 'text') pieces.push({ text: part.text, secret: false })
    else if (part.part === 'optional') pieces.push(...(renderParts(part.of, fill, true) ?? []))
    else {
      const filling = fill(part.name, part.format)
      if (filling === null && optional) return null
      pieces.push(...(filling ?? []))
    }
  }
  return pieces
}

export const textOf = (pieces: readonly Piece[]): string => pieces.map((piece) => piece.text).join('')

/** The same with `***` in the place of every secret. */
export const maskedOf = (pieces: readonly Piece[]): string =>
  pieces.map((piece) => (piece.secret && piece.text !== '' ? '***' : piece.text)).join('')

/** Names of all holes. */
export function holesIn(parts: readonly TemplatePart[]): string[] {
  return parts.flatMap((part) =>
    part.part === 'hole' ? [part.name] : part.part === 'optional' ? holesIn(part.of) : [],
  )
}

/** Literal texts, the optional ones too. */
export function literalsIn(parts: readonly TemplatePart[]): string[] {
  return parts.flatMap((part) =>
    part.part === 'text' ? [part.text] : part.part === 'optional' ? literalsIn(part.of) : [],
  )
}

/** The format that a hole is written with, '' without one. */
export function formatOf(template: Template | undefined, name: string): string {
  return new RegExp(`\\{${name}:([a-z0-9]+)\\}`).exec(template?.source ?? '')?.[1] ?? ''
}
