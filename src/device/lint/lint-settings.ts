import { accepts, asParameter } from '../parameters/parameters.ts'
import { isAccepted } from '../parameters/settings.ts'
import { examplesOf, sampleContext } from '../sample.ts'
import { each, type Rule } from './problem.ts'

/** Defaults and examples are valid values, and a setting that the owner must give has an example. */
export const lintSettings: Rule = (_profile, { settings }) =>
  Object.entries(settings).flatMap(([name, spec]) => {
    const path = `settings.${name}`
    const examples = examplesOf(name, spec).map(([, value]) => value)
    const given = spec.default === undefined ? examples : [spec.default, ...examples]
    const wrong = each(given, (value) =>
      value === '' || isAccepted(spec, value, sampleContext)
        ? null
        : { path, message: `"${value}" is not ${accepts(asParameter(spec))}` },
    )
    const isBare = spec.required && given.length === 0
    return isBare ? [...wrong, { path, message: 'must be given, but has no example' }] : wrong
  })
