import type { Parameter } from '../api/answer-types.ts'
import { acceptedBy } from '../texts/accepted-values.ts'
import { words } from '../texts/language.ts'
import { English } from './english.tsx'
import { SelectField, TextField } from './field.tsx'
import { choicesOf, controlOf, type Wrong } from './form-model.ts'

interface ParameterProps {
  readonly parameter: Parameter
  readonly value: string
  readonly wrong: Wrong | undefined
  readonly onInput: (value: string) => void
}

/** A field for a parameter, as its profile describes it. */
export function ParameterField({ parameter, value, wrong, onInput }: ParameterProps) {
  const w = words()
  const control = controlOf(parameter)
  const { type, optional = false, unit, min, max } = parameter
  const label = (
    <>
      <English>{parameter.label}</English>
      {optional && ` (${w.common.optional})`}
    </>
  )
  const problem = wrong === undefined ? undefined : w.wrong[wrong]
  if (control === 'select') {
    const named = (choice: string) =>
      choice === '' ? '–' : type === 'bool' ? (choice === 'true' ? w.common.yes : w.common.no) : choice
    const lang = type === 'bool' ? undefined : 'en'
    const choices = choicesOf(parameter).map((choice) => ({ value: choice, label: named(choice), lang }) as const)
    return <SelectField label={label} value={value} wrong={problem} choices={choices} onInput={onInput} />
  }
  return (
    <TextField
      label={label}
      type={control}
      value={value}
      hint={<Accepts parameter={parameter} />}
      wrong={problem}
      unit={unit}
      min={control === 'number' ? min : undefined}
      max={control === 'number' ? max : undefined}
      onInput={onInput}
      isPlain
    />
  )
}

/** What a parameter takes, as the hint of its field. */
export function Accepts({ parameter }: { readonly parameter: Parameter }) {
  const { own, taken } = acceptedBy(parameter)
  return (
    <>
      {own !== '' && <English>{own}</English>}
      {own !== '' && taken !== '' && '; '}
      {taken}
    </>
  )
}
