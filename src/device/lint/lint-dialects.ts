import { layersOf } from '../layers.ts'
import { hasWords } from '../profile/other-words.ts'
import { patternsIn } from '../profile/places.ts'
import { isAnswer } from '../receive/is-answer.ts'
import { readText } from '../receive/read.ts'
import { sampleDevice } from '../sample.ts'
import type { MessageExample } from '../schema/message.ts'
import { holesIn } from '../schema/template.ts'
import { contextOf, difference, failure } from './examples.ts'
import { checkCost } from './patterns.ts'
import type { Problem, Rule } from './problem.ts'

/** Each dialect is proved by examples that no other words explain, names its sources, and replaces words of patterns. */
export const lintDialects: Rule = (profile, dialect) =>
  Object.entries(profile.row.dialects).flatMap(([name, { source, says, sends, examples }]): Problem[] => {
    const path = `dialects.${name}`
    const patterns = patternsIn(dialect).map(({ pattern }) => pattern)
    const layer = dialect.layers[name] as typeof dialect
    const strange = source.filter((id) => !Object.hasOwn(profile.row.sources, id))
    const own = examples.filter(({ variant }) => variant === undefined || variant === dialect.variant)
    const check = (example: MessageExample): string | null =>
      failure(() => {
        const device = sampleDevice(profile, dialect.variant, example.settings)
        const context = contextOf(example.scts)
        const [reading] = readText(device, example.text, context)
        const isRead = reading?.dialect === name && reading.reading === 'exact'
        const answered = layersOf(device).find((view) => isAnswer(view, example.text))
        if (!isRead && answered?.dialect.layer !== name)
          throw new Error(`${JSON.stringify(example.text)} is not read in its words`)
        const wrong = isRead ? difference(example.values, reading.values, reading.event) : ''
        if (wrong !== '') throw new Error(`${JSON.stringify(example.text)}: ${wrong}`)
      })
    return [
      ...strange.map((id) => ({ path, message: `source "${id}" is not in sources` })),
      ...(source.length === 0 ? [{ path, message: 'has no source' }] : []),
      ...(own.length === 0 ? [{ path, message: 'has no example' }] : []),
      ...Object.keys(says)
        .filter((words) => !patterns.some((pattern) => hasWords(pattern, words)))
        .map((words) => ({ path: `${path}.says`, message: `"${words}" is in no pattern of the profile` })),
      ...Object.entries(sends).flatMap(([command, { parts }]) => {
        const own = holesIn(dialect.commands[command]?.text?.parts ?? parts)
        const isSame = holesIn(parts).sort().join() === own.sort().join()
        return isSame ? [] : [{ path: `${path}.sends.${command}`, message: `has other holes than ${own.join(', ')}` }]
      }),
      ...patternsIn(layer).flatMap((place) => checkCost(profile, layer, { ...place, path: `${path}: ${place.path}` })),
      ...own.flatMap((example, i) => {
        const wrong = check(example)
        return wrong === null ? [] : [{ path: `${path}.examples.${i}`, message: wrong }]
      }),
    ]
  })
