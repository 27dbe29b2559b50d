/**
 * The few forms of Jinja that discovery uses. Anything else is an error: then the template grew and this must too. So is
 * a key that is not there, of which Home Assistant writes a warning with each message. jinja.test.ts holds it against
 * the real Jinja.
 */
type Scope = Readonly<Record<string, unknown>>

export function render(template: string, scope: Scope): string {
  const pieces = template.split(/(\{\{.*?\}\}|\{%.*?%\})/).filter((piece) => piece !== '')
  const [text, rest] = block(pieces, scope, true)
  if (rest.length > 0) throw new Error(`not understood: ${rest.join('')}`)
  return text
}

function block(pieces: readonly string[], scope: Scope, live: boolean): [string, readonly string[]] {
  let text = ''
  for (let at = 0; at < pieces.length; at++) {
    const piece = pieces[at] as string
    if (piece.startsWith('{{')) text += live ? shown(evaluate(piece.slice(2, -2).trim(), scope)) : ''
    else if (/^\{%\s*if\b/.test(piece)) {
      const [chosen, rest] = branches(pieces.slice(at), scope, live)
      return joined(text + chosen, block(rest, scope, live))
    } else if (piece.startsWith('{%')) return [text, pieces.slice(at)]
    else text += live ? piece : ''
  }
  return [text, []]
}

function joined(text: string, [more, rest]: [string, readonly string[]]): [string, readonly string[]] {
  return [text + more, rest]
}

function branches(pieces: readonly string[], scope: Scope, live: boolean): [string, readonly string[]] {
  let done = false
  let chosen = ''
  let rest = pieces
  for (;;) {
    const [, word = '', condition = ''] = /^\{%\s*(\w+)\s*(.*?)\s*%\}$/.exec(rest[0] as string) ?? []
    if (word === 'endif') return [chosen, rest.slice(1)]
    const taken: boolean = live && !done && (word === 'else' || Boolean(evaluate(condition, scope)))
    const [text, after] = block(rest.slice(1), scope, taken)
    if (taken) chosen = text
    done ||= taken
    rest = after
  }
}

function evaluate(expression: string, scope: Scope): unknown {
  const bracketed = /^\((.*)\)$/.exec(expression)
  if (bracketed) return evaluate(bracketed[1] as string, scope)
  const [, yes, condition, no] = /^(.*?) if (.*?) else (.*)$/.exec(expression) ?? []
  if (yes !== undefined && condition !== undefined && no !== undefined)
    return evaluate(truth(evaluate(condition, scope)) ? yes : no, scope)
  const json = /^(.*) \| tojson$/.exec(expression)
  if (json) return JSON.stringify(evaluate(json[1] as string, scope))
  const none = /^(.*) is none$/.exec(expression)
  if (none) return evaluate(none[1] as string, scope) === null
  const equal = /^(.*) == (.*)$/.exec(expression)
  if (equal) return evaluate(equal[1] as string, scope) === evaluate(equal[2] as string, scope)
  const not = /^not (.*)$/.exec(expression)
  if (not) return !truth(evaluate(not[1] as string, scope))
  const quoted = /^'([^']*)'$/.exec(expression)
  if (quoted) return quoted[1]
  if (/^"/.test(expression)) return JSON.parse(expression)
  if (expression === 'None') return null
  const cut = /^(.*)\[:(\d+)\]$/.exec(expression)
  if (cut) return String(evaluate(cut[1] as string, scope)).slice(0, Number(cut[2]))
  const got = /^(.*)\.get\('(\w+)'\)$/.exec(expression)
  if (got) return (evaluate(got[1] as string, scope) as Record<string, unknown>)[got[2] as string] ?? null
  const made = /^dict\((\w+), (\w+)='(\w+)'\)$/.exec(expression)
  if (made) return { ...(evaluate(made[1] as string, scope) as object), [made[2] as string]: made[3] }
  const item = /^(\w+)\[(".*")\]$/.exec(expression)
  if (item) return (evaluate(item[1] as string, scope) as Record<string, unknown>)[JSON.parse(item[2] as string)]
  if (!/^[a-z_]\w*(\.\w+)*$/i.test(expression)) throw new Error(`not understood: ${expression}`)
  return expression.split('.').reduce<unknown>((value, key) => {
    const table = value as Record<string, unknown>
    if (!Object.hasOwn(table, key)) throw new Error(`undefined: ${key} in ${expression}`)
    return table[key]
  }, scope)
}

const truth = (value: unknown): boolean => Boolean(value) && value !== '0'

function shown(value: unknown): string {
  if (value === null) return 'None'
  if (value === undefined) return ''
  if (value === true) return 'True'
  if (value === false) return 'False'
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}
