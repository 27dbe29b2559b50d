import type { Bound } from './bind.ts'

const aBlank = 'a blank'
const maxWanted = 5

/** What a program expects next, in words, to explain why a text does not fit. */
export function allWanted(program: Bound, waiting: readonly number[]): string[] {
  const all = [...new Set(waiting.map((at) => wanted(program, at)))]
  const specific = all.filter((words) => words !== aBlank)
  return (specific.length > 0 ? specific : all).slice(0, maxWanted)
}

function wanted(program: Bound, at: number): string {
  for (let i = at; i >= 0; i--) {
    const step = program[i]
    if (step?.do !== 'mark' || step.mark.by === 'item') continue
    if (step.edge === 'close') break
    return step.mark.by === 'hole' ? `{${step.mark.field}}` : `{=${step.mark.name}}`
  }
  let text = ''
  for (let i = at; ; i++) {
    const step = program[i]
    if (step?.do !== 'literal') break
    text += String.fromCharCode(step.unit)
  }
  return text === '' ? aBlank : `"${text}"`
}
