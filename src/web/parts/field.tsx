import type { ComponentChildren } from 'preact'
import { useId } from 'preact/hooks'

interface Common {
  readonly label: ComponentChildren
  readonly hint?: ComponentChildren
  readonly wrong?: string | undefined
  readonly required?: boolean
}

interface TextProps extends Common {
  readonly value: string
  readonly onInput: (value: string) => void
  readonly type?: 'text' | 'password' | 'number' | 'tel' | 'url' | 'search' | 'datetime-local' | 'time' | 'date'
  readonly unit?: string | undefined
  readonly min?: number | undefined
  readonly max?: number | undefined
  readonly placeholder?: string
  readonly autocomplete?: string
  readonly lines?: number
  /** Not to be corrected or filled in. */
  readonly isPlain?: boolean
}

/** One line, or several. */
export function TextField(props: TextProps) {
  const { label, hint, wrong, value, onInput, type = 'text', unit, min, max, placeholder, lines, required } = props
  const id = useId()
  const shared = {
    id,
    class: 'entry',
    value,
    placeholder,
    required,
    'aria-describedby': hint || wrong ? `${id}-about` : undefined,
    'aria-invalid': wrong === undefined ? undefined : ('true' as const),
    autocomplete: props.isPlain ? 'off' : props.autocomplete,
    ...(props.isPlain && { autocapitalize: 'off' as const, spellcheck: false }),
  }
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <div class={unit === undefined ? undefined : 'with-unit'}>
        {lines === undefined ? (
          <input
            {...shared}
            // Preact's types want a literal here.
            type={type as 'text'}
            min={min}
            max={max}
            step={type === 'number' ? 'any' : undefined}
            onInput={(event) => onInput(event.currentTarget.value)}
          />
        ) : (
          <textarea {...shared} rows={lines} onInput={(event) => onInput(event.currentTarget.value)} />
        )}
        {unit !== undefined && <span class="muted">{unit}</span>}
      </div>
      <About id={id} hint={hint} wrong={wrong} />
    </div>
  )
}

function About({ id, hint, wrong }: Pick<Common, 'hint' | 'wrong'> & { readonly id: string }) {
  if (!hint && !wrong) return null
  return (
    <span id={`${id}-about`} class={wrong ? 'wrong' : 'hint'}>
      {wrong ?? hint}
    </span>
  )
}

export interface Choice {
  readonly value: string
  readonly label: string
  /** Of a label that is not in the language of the page. */
  readonly lang?: 'en' | undefined
}

interface SelectProps extends Common {
  readonly value: string
  readonly choices: readonly Choice[]
  readonly onInput: (value: string) => void
}

export function SelectField({ label, hint, wrong, value, choices, onInput, required }: SelectProps) {
  const id = useId()
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <select
        id={id}
        class="entry"
        value={value}
        required={required}
        aria-describedby={hint || wrong ? `${id}-about` : undefined}
        onChange={(event) => onInput(event.currentTarget.value)}
      >
        {choices.map((choice) => (
          <option key={choice.value} value={choice.value} lang={choice.lang}>
            {choice.label}
          </option>
        ))}
      </select>
      <About id={id} hint={hint} wrong={wrong} />
    </div>
  )
}

interface CheckProps {
  readonly label: ComponentChildren
  readonly value: boolean
  readonly onInput: (value: boolean) => void
}

export function CheckField({ label, value, onInput }: CheckProps) {
  const id = useId()
  return (
    <div class="check">
      <input id={id} type="checkbox" checked={value} onChange={(event) => onInput(event.currentTarget.checked)} />
      <label for={id}>{label}</label>
    </div>
  )
}

interface FilterProps {
  readonly label: string
  readonly value: string
  readonly choices: readonly Choice[]
  readonly onInput: (value: string) => void
}

/** A choice above a list, whose name is heard but not seen. */
export function FilterSelect({ label, value, choices, onInput }: FilterProps) {
  return (
    <select
      class="entry short"
      aria-label={label}
      value={value}
      onChange={(event) => onInput(event.currentTarget.value)}
    >
      {choices.map((choice) => (
        <option key={choice.value} value={choice.value}>
          {choice.label}
        </option>
      ))}
    </select>
  )
}
