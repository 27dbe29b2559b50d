import type { Parameter } from './command-line.ts'
import type { Refusal } from './result-codes.ts'

/**
 * The values of a set command. Each reader fails with the refusal of the command's family where a value does not suit.
 */
export class Arguments {
  readonly #parameters: readonly Parameter[]
  readonly #refusal: Refusal

  constructor(parameters: readonly Parameter[], refusal: Refusal) {
    this.#parameters = parameters
    this.#refusal = refusal
  }

  get count(): number {
    return this.#parameters.length
  }

  /** A whole number, or `absent` for an empty value. */
  number(index: number, absent?: number): number {
    const parameter = this.#parameters[index] ?? null
    if (parameter === null) {
      if (absent === undefined) throw this.#refusal
      return absent
    }
    if (!/^\d{1,9}$/.test(parameter.text)) throw this.#refusal
    return Number(parameter.text)
  }

  /** A string, in quotes or not (many DTEs leave them out), or `absent` for an empty value. */
  text(index: number, absent?: string): string {
    const parameter = this.#parameters[index] ?? null
    const text = parameter?.text ?? absent
    if (text === undefined) throw this.#refusal
    return text
  }

  /** One of the names, in any case. */
  oneOf<Name extends string>(index: number, names: readonly Name[], absent?: Name): Name {
    const text = this.text(index, absent).toUpperCase()
    const name = names.find((one) => one.toUpperCase() === text)
    if (name === undefined) throw this.#refusal
    return name
  }

  /** All values as numbers, null for empty ones. */
  numbers(): (number | null)[] {
    return this.#parameters.map((parameter, i) => (parameter === null ? null : this.number(i)))
  }

  /** Throws the refusal. */
  refuse(): never {
    throw this.#refusal
  }
}
