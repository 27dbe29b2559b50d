import type { Bound } from './bind.ts'

const aBlank = 'a blank'
const most = 5

/** What a program waits for, in words for whoever wonders why a text does not fit. */
export function allWanted(program: Bound, waiting: readonly number[]): string[] {
  const all = [...new Set(waiting.map((at) => wanted(program, at)))]
  const telling = all.filter((words) => words !== aBlank)
  return (telling.length > 0 ? telling : all).slice(0, most)
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
