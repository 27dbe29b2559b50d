import { foldUnit, type Regular, type UnitSet } from './regular.ts'

/** One step of the machine. `fork` tries its targets in order: the first that leads to the end wins. */
export type Instruction<M> =
  | { readonly do: 'unit'; readonly set: UnitSet }
  | { readonly do: 'literal'; readonly unit: number; readonly exact: boolean }
  | { readonly do: 'fork'; readonly to: readonly number[] }
  | { readonly do: 'mark'; readonly mark: M; readonly edge: 'open' | 'close' }
  | { readonly do: 'end' }

export type Program<M> = readonly Instruction<M>[]

/** Thompson's construction: one instruction for each unit, mark and choice of the expression. */
export function assemble<M>(regular: Regular<M>): Program<M> {
  const program: Instruction<M>[] = []
  emit(regular, program)
  program.push({ do: 'end' })
  return program
}

function emit<M>(regular: Regular<M>, program: Instruction<M>[]): void {
  switch (regular.is) {
    case 'unit':
      program.push({ do: 'unit', set: regular.set })
      return
    case 'literal':
      for (let i = 0; i < regular.text.length; i++) {
        const unit = regular.text.charCodeAt(i)
        program.push({ do: 'literal', unit: regular.exact ? unit : foldUnit(unit), exact: regular.exact })
      }
      return
    case 'sequence':
      for (const part of regular.of) emit(part, program)
      return
    case 'either':
      emitChoice(regular.of, program)
      return
    case 'many':
      emitLoop(regular, program)
      return
    case 'marked':
      program.push({ do: 'mark', mark: regular.mark, edge: 'open' })
      emit(regular.of, program)
      program.push({ do: 'mark', mark: regular.mark, edge: 'close' })
  }
}

/** fork L1 L2 …; L1: first, go to end; L2: second, go to end; … */
function emitChoice<M>(choices: readonly Regular<M>[], program: Instruction<M>[]): void {
  const fork = program.length
  const starts: number[] = []
  const exits: number[] = []
  program.push({ do: 'fork', to: starts })
  for (const choice of choices) {
    starts.push(program.length)
    emit(choice, program)
    exits.push(program.length)
    program.push({ do: 'fork', to: [] })
  }
  for (const exit of exits) program[exit] = { do: 'fork', to: [program.length] }
  program[fork] = { do: 'fork', to: starts }
}

/** At least one: body, then back or on. At least none: the same behind a way around it. */
function emitLoop<M>(loop: Extract<Regular<M>, { is: 'many' }>, program: Instruction<M>[]): void {
  const around = program.length
  if (loop.least === 0) program.push({ do: 'fork', to: [] })
  const body = program.length
  emit(loop.of, program)
  const back = program.length
  program.push({ do: 'fork', to: loop.lazy ? [back + 1, body] : [body, back + 1] })
  if (loop.least === 0) program[around] = { do: 'fork', to: loop.lazy ? [back + 1, body] : [body, back + 1] }
}
