import { nearest } from '../../util/nearest.ts'
import { fieldsIn } from '../pattern/bind.ts'
import { eachPart } from '../pattern/pattern.ts'
import { patternsIn } from '../profile/places.ts'
import { wordingsOf } from '../profile/replies.ts'
import { fieldNames, fieldOf, reservedNames } from '../vocabulary/vocabulary.ts'
import type { Problem, Rule } from './problem.ts'

/** The same thing has the same name on all devices. */
export const lintFields: Rule = (_profile, dialect) => [
  ...patternsIn(dialect).flatMap(({ path, pattern }) => unknownFields(path, fieldsIn(pattern, dialect.items))),
  ...patternsIn(dialect).flatMap(({ path, pattern }) => openPattern(path, pattern.parts)),
  ...Object.entries(dialect.commands).flatMap(([name, { sets, asks, reply }]) =>
    unknownFields(`commands.${name}`, [
      ...Object.keys(sets).map((field) => field.replace(/\{\w+\}/g, '#')),
      ...asks,
      ...reply.secret,
      ...wordingsOf(reply).flatMap(({ set }) => Object.keys(set)),
    ]),
  ),
  ...Object.entries(dialect.messages).flatMap(([name, { set, text, secret }]) =>
    unknownFields(`messages.${name}`, [
      ...Object.keys(set),
      ...secret,
      ...text.flatMap((wording) => Object.keys(wording.set)),
    ]),
  ),
  ...unknownFields(
    'replies of the family',
    wordingsOf(dialect.replies).flatMap(({ set }) => Object.keys(set)),
  ),
  ...unknownFields('properties', Object.keys(dialect.properties)),
  ...unknownFields('identity', dialect.identity === null ? [] : [dialect.identity]),
]

function unknownFields(path: string, fields: readonly string[]): Problem[] {
  return [...new Set(fields)]
    .filter((field) => fieldOf(field) === null && !reservedNames.includes(field))
    .map((field) => {
      const meant = nearest(field, fieldNames)
      return {
        path,
        message: `field "${field}" is not in the vocabulary${meant === null ? '' : `; did you mean "${meant}"?`}`,
      }
    })
}

/** A pattern without literal words fits every text. */
function openPattern(path: string, parts: Parameters<typeof eachPart>[0]): Problem[] {
  const isField = /\.fields\./.test(path)
  const all = [...eachPart(parts)]
  const isOpen = all.every(
    (part) =>
      part.part === 'gap' || part.part === 'blank' || (part.part === 'hole' && /^(?:text|line|word)$/.test(part.type)),
  )
  return isOpen && !isField && !path.startsWith('items.') ? [{ path, message: 'fits every text; use any_text' }] : []
}
