import { didYouMean } from '../../util/nearest.ts'
import { own } from '../../util/own.ts'
import { specOf } from '../parameters/settings.ts'
import { holeType, holeTypes } from '../pattern/holes.ts'
import { eachPart, type Part } from '../pattern/pattern.ts'
import type { Command, Setting } from '../schema/command.ts'
import { holesIn } from '../schema/template.ts'
import type { Dialect } from './dialect.ts'
import { type Place, patternsIn } from './places.ts'

/** Holes of templates that no profile has to declare. */
const builtIn = ['hub_number', 'own_number', 'counter']
const inFrames = ['command', 'request']

/** Undefined names in a dialect. They would fail at run time: the profile is refused. */
export function brokenReferences(dialect: Dialect): string[] {
  return [
    ...patternsIn(dialect).flatMap((place) => brokenPattern(dialect, place)),
    ...Object.entries(dialect.commands).flatMap(([name, command]) => brokenCommand(dialect, name, command)),
    ...Object.entries(dialect.layers).flatMap(([name, layer]) =>
      brokenReferences(layer).map((problem) => `dialects.${name}: ${problem}`),
    ),
    ...Object.entries(dialect.frames).flatMap(([name, frame]) =>
      unknown(`frames.${name}`, holesIn(frame.parts), [...Object.keys(dialect.settings), ...builtIn, ...inFrames]),
    ),
    ...(dialect.identity === null ? [] : unknown('identity', [dialect.identity], Object.keys(dialect.settings))),
    ...(['messages', 'properties'] as const).flatMap((section) =>
      Object.entries(dialect[section]).flatMap(([name, { when }]) =>
        unknown(`${section}.${name}.when`, Object.keys(when), Object.keys(dialect.settings)),
      ),
    ),
  ]
}

function brokenCommand(dialect: Dialect, name: string, command: Command): string[] {
  const path = `commands.${name}`
  const settings = Object.keys(dialect.settings)
  const params = Object.keys(command.params)
  const commands = Object.keys(dialect.commands)
  return [
    ...unknown(`${path}.text`, holesIn(command.text?.parts ?? []), [...params, ...settings, ...builtIn]),
    ...unknown(`${path}.frame`, command.frame === undefined ? [] : [command.frame], [
      ...Object.keys(dialect.frames),
      'none',
    ]),
    ...unknown(`${path}.when`, Object.keys(command.when), settings),
    ...unknown(`${path}.secret`, Object.keys(command.secret), settings),
    ...unknown(`${path}.secret`, Object.values(command.secret), params),
    ...unknown(`${path}.reply.reads`, command.reply.reads, Object.keys(dialect.messages)),
    ...(command.steps ?? []).flatMap((step) => [
      ...unknown(`${path}.steps`, [step.command], commands),
      ...unknown(
        `${path}.steps.${step.command}`,
        Object.keys(step.params),
        Object.keys(own(dialect.commands, step.command)?.params ?? {}),
      ),
      ...(own(dialect.commands, step.command)?.text === undefined
        ? [`${path}.steps: "${step.command}" has no text of its own`]
        : []),
    ]),
    ...Object.entries(command.params).flatMap(([key, spec]) =>
      unknown(`${path}.params.${key}.from`, spec.from === undefined ? [] : [spec.from], settings),
    ),
  ]
}

function brokenPattern(dialect: Dialect, place: Place): string[] {
  const names = [...Object.keys(dialect.settings), ...Object.keys(place.command?.params ?? {}), ...builtIn]
  const values = place.command === null ? names : [...names, 'command']
  return [...eachPart(place.pattern.parts)].flatMap((part) => {
    if (part.part === 'value') {
      return specOf(dialect.settings, part.name) === null ? unknown(place.path, [part.name], values) : []
    }
    if (part.part === 'list') return unknown(place.path, [part.item], Object.keys(dialect.items))
    return part.part === 'hole' ? brokenHole(dialect, place.path, part) : []
  })
}

function brokenHole(dialect: Dialect, path: string, hole: Extract<Part, { part: 'hole' }>): string[] {
  const { type, argument, field } = hole
  const settings = Object.keys(dialect.settings)
  if (type === 'one_of')
    return unknown(
      path,
      [argument],
      settings.filter((name) => name.includes('#')),
    )
  if (Object.hasOwn(dialect.words, type)) return []
  const types = [...Object.keys(holeTypes), ...Object.keys(dialect.words), 'one_of']
  if (!types.includes(type)) return unknown(path, [type], types)
  const [, name, rest = ''] = /^=(\w+)(.*)$/.exec(argument) ?? []
  if (name === undefined)
    return holeType(type, argument, field) === null ? [`${path}: {${field}:${type}(${argument})} can't be read`] : []
  const setting = own(dialect.settings, name)
  if (setting === undefined) return unknown(path, [name], settings)
  const wrong = valuesOf(setting).filter((value) => holeType(type, value + rest, field) === null)
  return wrong.map((value) => `${path}: {${field}:${type}(${value}${rest})} can't be read (settings.${name})`)
}

const valuesOf = (setting: Setting): string[] => [
  ...Object.keys(setting.options ?? {}),
  ...(setting.default === undefined ? [] : [setting.default]),
]

function unknown(path: string, names: readonly string[], known: readonly string[]): string[] {
  return names
    .filter((name) => !known.includes(name))
    .map((name) => `${path}: unknown name "${name}"${didYouMean(name, known)}`)
}
