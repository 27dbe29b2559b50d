import { existsSync, readFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import type * as z from 'zod'
import { didYouMean } from '../device/nearest.ts'
import { Fault } from '../message/fault.ts'
import { overlayEnvironment } from './environment.ts'
import { Config } from './schema.ts'
import { readYaml, type YamlFile } from './yaml.ts'

export interface LoadOptions {
  /** --config */
  readonly config?: string | undefined
  /** --data */
  readonly data?: string | undefined
  readonly env: Readonly<Record<string, string | undefined>>
  readonly cwd: string
}

export interface Loaded {
  readonly config: Config
  /** The file that was read; null when there is none and everything is a default. */
  readonly file: string | null
  /** Where the hub keeps its data; absolute. */
  readonly dataFolder: string
}

/** Nobody has named a gateway: a modem that is plugged in is used. */
const withoutFile = { gateways: { home: { type: 'modem', path: 'auto' } } }

/**
 * Reads the configuration: command line before environment before file before defaults. Every fault is told at once,
 * each with its line.
 */
export function loadConfig(options: LoadOptions): Loaded {
  const file = findFile(options)
  const read = file === null ? null : readFile(file, options)
  const data = overlayEnvironment(read?.data ?? {}, options.env)
  const parsed = Config.safeParse(file === null ? { ...withoutFile, ...(data as object) } : data)
  if (!parsed.success) throw invalid(parsed.error, file, read)
  const config = parsed.data
  const base = file === null ? options.cwd : dirname(file)
  const dataFolder = options.data ?? options.env.SMSHUB_DATA ?? resolve(base, config.data)
  return { config, file, dataFolder: resolve(options.cwd, dataFolder) }
}

/** --config, $SMSHUB_CONFIG, $SMSHUB_DATA/smshub.yaml, ./smshub.yaml, /etc/smshub/smshub.yaml. */
function findFile({ config, data, env, cwd }: LoadOptions): string | null {
  const named = config ?? env.SMSHUB_CONFIG
  if (named !== undefined) {
    const path = resolve(cwd, named)
    if (!existsSync(path)) throw new Fault('invalid_config', `there is no file ${path}`, { file: path })
    return path
  }
  const folder = data ?? env.SMSHUB_DATA
  const places = [
    ...(folder === undefined ? [] : [join(folder, 'smshub.yaml')]),
    'smshub.yaml',
    'data/smshub.yaml',
    '/etc/smshub/smshub.yaml',
  ].map((place) => resolve(cwd, place))
  return places.find((place) => existsSync(place)) ?? null
}

function readFile(file: string, { env }: LoadOptions): YamlFile {
  const secrets = readSecrets(join(dirname(file), 'secrets.yaml'), env)
  return readYaml(text(file), file, { secret: (name) => secrets[name], env: (name) => env[name] })
}

function readSecrets(file: string, env: LoadOptions['env']): Record<string, string> {
  if (!existsSync(file)) return {}
  const { data } = readYaml(text(file), file, { secret: () => undefined, env: (name) => env[name] })
  const entries = Object.entries(data as Record<string, unknown>)
  const wrong = entries.find(([, value]) => typeof value !== 'string')
  if (wrong !== undefined) throw new Fault('invalid_config', `${file}: ${wrong[0]} must be a text`)
  return Object.fromEntries(entries) as Record<string, string>
}

function text(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    throw new Fault('invalid_config', `${file} can't be read: ${(error as Error).message}`, { file }, error)
  }
}

function invalid(error: z.ZodError, file: string | null, read: YamlFile | null): Fault {
  const problems = error.issues.flatMap((issue) =>
    messagesOf(issue).map(({ path, message }) => {
      const line = read?.lineOf(path) ?? null
      return `${file ?? 'configuration'}${line === null ? '' : `:${line}`}: ${message}`
    }),
  )
  return new Fault('invalid_config', problems.join('\n'), { problems })
}

interface Complaint {
  readonly path: readonly PropertyKey[]
  readonly message: string
}

function messagesOf(issue: z.core.$ZodIssue): Complaint[] {
  const path = issue.path.join('.')
  const at = path === '' ? '' : `${path}: `
  const complain = (message: string) => [{ path: issue.path, message: `${at}${message}` }]
  if (issue.code === 'unrecognized_keys') {
    const known = knownKeys(issue.path)
    return issue.keys.map((key) => ({
      path: [...issue.path, key],
      message: `${at}unknown key "${key}"${didYouMean(key, known)}`,
    }))
  }
  if (issue.code === 'invalid_key') return complain(issue.issues[0]?.message ?? issue.message)
  if (issue.code === 'invalid_union') {
    const inner = issue.errors.flat().map((one) => one.message)
    return complain([...new Set(inner)].join(', or ') || issue.message)
  }
  return complain(issue.message)
}

/** The keys that a strict table of the configuration has. */
function knownKeys(path: readonly PropertyKey[]): string[] {
  let schema: unknown = Config
  for (const key of path) schema = inner(schema, String(key))
  return Object.keys(shapeOf(schema) ?? {})
}

function inner(schema: unknown, key: string): unknown {
  const shape = shapeOf(schema)
  if (shape !== undefined) return shape[key]
  const definition = unwrap(schema) as { valueType?: unknown; options?: unknown[] } | undefined
  return definition?.valueType ?? definition?.options?.[0]
}

function shapeOf(schema: unknown): Record<string, unknown> | undefined {
  const definition = unwrap(schema) as { shape?: Record<string, unknown>; options?: unknown[] } | undefined
  return definition?.shape ?? (definition?.options === undefined ? undefined : shapeOf(definition.options[0]))
}

/** Past defaults, options and pipes to what a schema is made of. */
function unwrap(schema: unknown): unknown {
  let definition = (schema as { def?: { innerType?: unknown; in?: unknown } } | undefined)?.def
  while (definition?.innerType !== undefined) definition = (definition.innerType as { def?: typeof definition }).def
  return definition
}
