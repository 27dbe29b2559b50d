/** How a command is used (V.250 clause 5.4): `+X`, `+X?`, `+X=...`, `+X=?`. */
export type CommandForm = 'execute' | 'read' | 'set' | 'test'

export interface Command {
  /** Upper case, with its prefix: `+CMGS`, `E`, `&F`, `S3`. */
  readonly name: string
  readonly form: CommandForm
  readonly parameters: readonly Parameter[]
}

/** One value between commas; null for an empty one. */
export type Parameter = { readonly text: string; readonly quoted: boolean } | null

/**
 * A basic command: a letter or `&` and a letter, then digits (V.250 clause 5.3.1); S registers; `\Q3` is
 * vendor-specific.
 */
const basic = /^(?:(S\d+)(?:(\?)|=(\?)|=(\d*))?|([A-CE-RT-Z]|[&\\][A-Z])(\d*))/i
/** D takes the rest of the line, or up to the semicolon of a voice call (clause 6.3.1, TS 27.007 clause 6.2). */
const dial = /^D([^;]*)(;?)/i
/** An extended command; vendors use other signs than the plus. */
const extended = /^([+^*#%$_][A-Z][A-Z0-9!%\-./:_]*)(\?|=\?|=)?/i

/** The commands of a line without its AT; null where it can't be read. */
export function parseCommandLine(body: string): readonly Command[] | null {
  const commands: Command[] = []
  let rest = withoutBlanks(body)
  while (rest !== '') {
    const found = dialIn(rest) ?? basicIn(rest) ?? extendedIn(rest)
    if (found === null) return null
    commands.push(found.command)
    rest = found.rest.trimStart()
  }
  return commands
}

/** V.250 clause 5.2.1: blanks outside string constants are ignored. */
export function withoutBlanks(body: string): string {
  return body.replace(/"[^"]*"?|\s+/g, (part) => (part.startsWith('"') ? part : ''))
}

type Found = { readonly command: Command; readonly rest: string } | null

function dialIn(text: string): Found {
  const match = dial.exec(text)
  if (match === null) return null
  const [whole, number = '', voice = ''] = match
  const parameters = [plain(number.trim()), plain(voice)]
  return { command: { name: 'D', form: 'set', parameters }, rest: text.slice(whole.length) }
}

function basicIn(text: string): Found {
  const match = basic.exec(text)
  if (match === null) return null
  const [whole, register, read, test, written, letter, digits] = match
  const rest = text.slice(whole.length).replace(/^\s*;/, '')
  const name = (register ?? letter ?? '').toUpperCase()
  if (read || test) return { command: { name, form: read ? 'read' : 'test', parameters: [] }, rest }
  const value = register === undefined ? digits : written
  if (value === undefined || value === '') return { command: { name, form: 'execute', parameters: [] }, rest }
  return { command: { name, form: 'set', parameters: [plain(value)] }, rest }
}

function extendedIn(text: string): Found {
  const match = extended.exec(text)
  if (match === null) return null
  const [whole, name = '', sign] = match
  const end = endOfCommand(text, whole.length)
  const tail = text.slice(whole.length, end).trim()
  if (sign !== '=' && tail !== '') return null
  const form = sign === undefined ? 'execute' : sign === '?' ? 'read' : sign === '=?' ? 'test' : 'set'
  const parameters = form === 'set' ? parametersIn(tail) : []
  return { command: { name: name.toUpperCase(), form, parameters }, rest: text.slice(end + 1) }
}

/** Position of the semicolon outside quotes, or the end. */
function endOfCommand(text: string, from: number): number {
  let quoted = false
  for (let i = from; i < text.length; i++) {
    if (text[i] === '"') quoted = !quoted
    else if (text[i] === ';' && !quoted) return i
  }
  return text.length
}

function parametersIn(text: string): Parameter[] {
  const fields = text.match(/(?:"[^"]*"?|[^",])+|(?<=^|,)(?=,|$)/g) ?? []
  return fields.map((field) => {
    const value = field.trim()
    if (value === '') return null
    return value.startsWith('"') ? { text: value.replace(/^"|"$/g, ''), quoted: true } : plain(value)
  })
}

function plain(text: string): Parameter {
  return text === '' ? null : { text, quoted: false }
}
