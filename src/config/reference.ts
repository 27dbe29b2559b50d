import type * as z from 'zod'
import { Config } from './schema.ts'
import { inYaml } from './yaml.ts'

/** A key of the configuration in the reference. */
export interface KeyRow {
  /** `mqtt.broker.listen`; `<name>` stands for names that the owner chooses. */
  readonly path: string
  readonly description: string
  readonly example: string
  readonly fallback: string
}

interface Definition {
  readonly type: string
  readonly innerType?: z.ZodType
  readonly in?: z.ZodType
  readonly shape?: Readonly<Record<string, z.ZodType>>
  readonly valueType?: z.ZodType
  readonly element?: z.ZodType
  readonly options?: readonly z.ZodType[]
  readonly discriminator?: string
  readonly values?: readonly unknown[]
  readonly defaultValue?: unknown
}

const definitionOf = (schema: z.ZodType): Definition => (schema as unknown as { def: Definition }).def

/** Unwraps defaults, options and pipes. */
function unwrap(schema: z.ZodType): Definition {
  let definition = definitionOf(schema)
  for (;;) {
    const next = definition.innerType ?? (definition.type === 'pipe' ? pipeEnd(definition) : undefined)
    if (next === undefined) return definition
    definition = definitionOf(next)
  }
}

/** A preprocessed value is described by its output schema, a transformed one by its input schema. */
function pipeEnd(definition: Definition): z.ZodType | undefined {
  const { in: from, out } = definition as { in?: z.ZodType; out?: z.ZodType }
  return from !== undefined && definitionOf(from).type === 'transform' ? out : from
}

/** The schema below a key; of several variants the one that fits the data, else the first with the key. */
function below(schema: z.ZodType, key: PropertyKey, data: unknown): z.ZodType | undefined {
  const { shape, valueType, element, options, discriminator } = unwrap(schema)
  if (shape !== undefined) return shape[String(key)]
  if (valueType !== undefined) return valueType
  if (element !== undefined) return element
  const wanted =
    discriminator === undefined ? undefined : (data as Record<string, unknown> | undefined)?.[discriminator]
  const isChosen = (option: z.ZodType) => wanted !== undefined && variantOf(option, discriminator as string) === wanted
  const ordered = [...(options ?? [])].sort((a, b) => Number(isChosen(b)) - Number(isChosen(a)))
  return ordered.map((option) => below(option, key, data)).find((found) => found !== undefined)
}

function variantOf(option: z.ZodType, discriminator: string): unknown {
  const literal = unwrap(option).shape?.[discriminator]
  return literal === undefined ? undefined : definitionOf(literal).values?.[0]
}

function schemaAt(path: readonly PropertyKey[], data: unknown): z.ZodType | undefined {
  let schema: z.ZodType | undefined = Config
  let value = data
  for (const key of path) {
    schema = schema && below(schema, key, value)
    value = (value as Record<PropertyKey, unknown> | undefined)?.[key]
  }
  return schema
}

/** The keys that a table of the configuration has. */
export function keysAt(path: readonly PropertyKey[], data: unknown): string[] {
  const schema = schemaAt(path, data)
  if (schema === undefined) return []
  const { shape, options = [], discriminator } = unwrap(schema)
  if (shape !== undefined) return Object.keys(shape)
  const wanted =
    discriminator === undefined ? undefined : (valueIn(data, path) as Record<string, unknown>)?.[discriminator]
  const shapes = options.filter((one) => wanted === undefined || variantOf(one, discriminator as string) === wanted)
  return [...new Set(shapes.flatMap((option) => Object.keys(unwrap(option).shape ?? {})))]
}

/** The discriminators of the variants of a table (`type: modem`), at the path of a discriminator; else null. */
export function variantsAt(path: readonly PropertyKey[]): string[] | null {
  const key = String(path.at(-1))
  const schema = schemaAt(path.slice(0, -1), undefined)
  const { options, discriminator } = schema === undefined ? ({} as Definition) : unwrap(schema)
  return discriminator === key && options !== undefined
    ? options.map((option) => String(variantOf(option, discriminator)))
    : null
}

/** The example of the nearest key on a path that has one. */
export function exampleAt(path: readonly PropertyKey[], data: unknown): { key: string; text: string } | null {
  for (let depth = path.length; depth > 0; depth--) {
    const schema = schemaAt(path.slice(0, depth), data)
    const example = schema === undefined ? undefined : metaOf(schema).example
    if (example !== undefined) return { key: String(path[depth - 1]), text: inYaml(example) }
  }
  return null
}

/** The description that `key` has given a schema, below any wrappers. */
function metaOf(schema: z.ZodType): { readonly description?: string; readonly example?: unknown } {
  for (let one: z.ZodType | undefined = schema; one !== undefined; ) {
    const { description, examples } = (one.meta() ?? {}) as { description?: string; examples?: readonly unknown[] }
    if (description !== undefined) return { description, example: examples?.[0] }
    one = definitionOf(one).innerType
  }
  return {}
}

function valueIn(data: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce((value: unknown, key) => (value as Record<PropertyKey, unknown> | undefined)?.[key], data)
}

/** Every key with its description, in the order of the schema. */
export function referenceRows(): KeyRow[] {
  return rowsOf(Config, [])
}

function rowsOf(schema: z.ZodType, path: readonly string[]): KeyRow[] {
  const { shape, valueType, element, options, discriminator } = unwrap(schema)
  if (valueType !== undefined) return rowsOf(valueType, [...path, '<name>'])
  if (element !== undefined) return rowsOf(element, path)
  if (shape === undefined) {
    const rows = (options ?? []).flatMap((option) => rowsOf(option, path))
    return discriminator === undefined
      ? rows
      : rows.filter(({ path: one }, i) => rows.findIndex((row) => row.path === one) === i)
  }
  return Object.entries(shape).flatMap(([key, inner]) => {
    const { description, example } = metaOf(inner)
    const row = {
      path: [...path, key].join('.'),
      description: description ?? '',
      example: example === undefined ? '' : inYaml(example),
      fallback: fallbackOf(inner),
    }
    return [...(description === undefined ? [] : [row]), ...rowsOf(inner, [...path, key])]
  })
}

function fallbackOf(schema: z.ZodType): string {
  for (let one: z.ZodType | undefined = schema; one !== undefined; one = definitionOf(one).innerType) {
    const { defaultValue: value } = definitionOf(one)
    if (value !== undefined && (typeof value !== 'object' || Array.isArray(value)))
      return Array.isArray(value) && value.length === 0 ? '' : inYaml(value)
  }
  return ''
}

const introduction = `# Configuration

Every key of \`smshub.yaml\`. All are optional unless marked as required. \`<name>\` is a name of your choice.
\`smshub config check\` lists all mistakes of a file; \`smshub schema config\` prints a JSON Schema for editors.

- The file is the one that \`--config\` or \`$SMSHUB_CONFIG\` names, else \`$SMSHUB_DATA/smshub.yaml\`, \`smshub.yaml\`,
  \`data/smshub.yaml\` in the working folder, or \`/etc/smshub/smshub.yaml\`. Relative paths in it are relative to its folder.
- \`!secret name\` takes a value from \`secrets.yaml\` beside it, \`!env NAME\` from the environment.
- \`SMSHUB_MQTT__SERVER\` sets \`mqtt.server\`; \`SMSHUB_MQTT__PASSWORD_FILE\` reads the value from a file. The environment wins.
- Times are seconds, or \`30m\`, \`26h\`, \`2d\`. Numbers of limits count segments: a long text has several.

<!-- Written by: REFERENCE=write npm test -- test/config/reference -->

| key | meaning | default | example |
| --- | --- | --- | --- |
`

/** The page of the reference, in Markdown. */
export function referencePage(): string {
  const cell = (text: string) => text.replaceAll('|', '\\|')
  const code = (text: string) => (text === '' ? '' : `\`${cell(text)}\``)
  const lines = referenceRows().map(
    ({ path, description, example, fallback }) =>
      `| ${code(path)} | ${cell(description)} | ${code(fallback)} | ${code(example)} |\n`,
  )
  return introduction + lines.join('')
}
