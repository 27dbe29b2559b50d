import type { Parameter } from '../api/answer-types.ts'
import { acceptedBy } from '../texts/accepted-values.ts'
import { words } from '../texts/language.ts'
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
  const label = optional ? `${parameter.label} (${w.common.optional})` : parameter.label
  const problem = wrong === undefined ? undefined : w.wrong[wrong]
  if (control === 'select') {
    const named = (choice: string) =>
      choice === '' ? '–' : type === 'bool' ? (choice === 'true' ? w.common.yes : w.common.no) : choice
    const choices = choicesOf(parameter).map((choice) => ({ value: choice, label: named(choice) }))
    return <SelectField label={label} value={value} wrong={problem} choices={choices} onInput={onInput} />
  }
  return (
    <TextField
      label={label}
      type={control}
      value={value}
      hint={acceptedBy(parameter)}
      wrong={problem}
      unit={unit}
      min={control === 'number' ? min : undefined}
      max={control === 'number' ? max : undefined}
      onInput={onInput}
      isPlain
    />
  )
}
