import type { Device } from '../device.ts'
import { nothingFound, together } from '../pattern/match.ts'
import { readQuantity } from '../readers/numerals.ts'
import { took } from '../regular/steps-taken.ts'
import { unitTable } from '../vocabulary/units.ts'
import { fieldOf, fitted } from '../vocabulary/vocabulary.ts'
import { battery, humidity, speed, temperature, voltage } from './common-words.ts'
import { isCredible } from './credible.ts'
import type { Taken } from './taken.ts'

/** What a sentence may be about, and the fields of its units. */
const measures: readonly (readonly [words: string, fields: readonly string[]])[] = [
  [temperature, ['temperature']],
  [humidity, ['humidity']],
  [battery, ['battery_voltage', 'battery']],
  [voltage, ['voltage']],
  [speed, ['speed']],
]
/** Words of a setting or a limit, in front of the key or behind it: its number is no measure. */
const unmeasured =
  /(?<!\p{L})(?:(?:not|no|if|when|set|high|low|over|under)(?!\p{L})|limit|thresh|alarm|alert|max|min|upper|lower|setting|setpoint|target|desired|wanted|range|interval|offset|calibrat|differ|delta|above|below|soll|grenz|schwell|ziel|límite|limite|umbral|soglia|seuil|consigne|nastaven|cílov)/iu
const units = Object.keys(unitTable)
  .sort((a, b) => b.length - a.length)
  .map((unit) => unit.replace(/[*.]/g, '\\$&'))
  .join('|')
const verb = '(?:is|are|ist|je|est|es|è|é|jest|beträgt)'
const number = `([+−-]?\\d{1,6}(?:[.,]\\d{1,6})?[ \\t]?(?:${units}))(?![\\p{L}\\p{N}])`
const indexed = `[ \\t]?#?(\\d{1,2})[ \\t]{0,3}(?:[:=]|${verb}[ \\t])`
const somewhere = `((?:[ \\t]{1,3}[\\p{L}\\p{N}][\\p{L}\\p{N}'’-]{0,20}){0,6}?)[ \\t]{1,3}${verb}[ \\t](?:[ \\t]?(?:now|currently|about|at)[ \\t])?`
/** The key, its index or up to six words of where it is measured, a verb, and a number with its unit. */
const sentences = measures.map(([words, fields]) => ({
  fields,
  form: new RegExp(`(?<![\\p{L}\\p{N}])(?:${words})(?:${indexed}|${somewhere})[ \\t]{0,3}${number}`, 'giu'),
}))
/** Sentences of a kind that are looked at, and letters in front of one. */
const maxSentences = 4
const maxAhead = 24

/**
 * A measure in words of its own: `The temperature of the main freezer is -18.25C`. Only with its unit, which proves
 * what an index counts.
 */
export function readSentences(device: Device, text: string, all: Taken): void {
  for (const { form, fields } of sentences) {
    took(text.length)
    for (const found of [...text.matchAll(form)].slice(0, maxSentences)) {
      const [words, index, place = '', quantity = ''] = found
      const at = { from: found.index, to: found.index + words.length }
      const ahead = /[^.,;:!?\r\n]*$/.exec(text.slice(Math.max(0, at.from - maxAhead), at.from))?.[0] ?? ''
      if (all.claimed.overlaps(at) || unmeasured.test(`${ahead} ${place}`)) continue
      const names = fields.map((name) => (index === undefined ? name : `${name}_${Number(index)}`))
      const field = names.find((name) => measured(name, quantity) !== null)
      if (field === undefined || Object.hasOwn(all.found.values, field)) continue
      const value = measured(field, quantity)
      if (!isCredible(device, field, value, index === undefined)) continue
      all.claimed.add(at)
      all.found = together(all.found, { ...nothingFound, values: { [field]: value } })
    }
  }
}

const measured = (field: string, quantity: string) =>
  fitted(field, readQuantity(quantity, fieldOf(field)?.unit ?? null))
