import { existsSync, readFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { Fault } from '../message/fault.ts'
import { didYouMean } from '../util/nearest.ts'
import { checkConfig } from './check.ts'
import { overlayEnvironment } from './environment.ts'
import type { Lookups } from './lookups.ts'
import { type Problem, problemsOf, valueAt } from './problems.ts'
import { ProfileFiles } from './profiles.ts'
import { Config } from './schema.ts'
import { withTlsFiles } from './tls-files.ts'
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
  /** The file that was read; null when there is none. */
  readonly file: string | null
  /** Where the hub keeps its data; absolute. */
  readonly dataFolder: string
  /** Sentences about what is valid but may be a mistake. */
  readonly warnings: readonly string[]
}

/** Without a file, a modem that is plugged in is used. */
const withoutFile = { gateways: { home: { type: 'modem', path: 'auto' } } }

/**
 * Reads the configuration; the command line takes precedence over the environment, the file and the defaults. All
 * mistakes are reported, each with its line.
 */
export function loadConfig(options: LoadOptions): Loaded {
  const file = findFile(options)
  const read = file === null ? null : readFile(file, options)
  const data = overlayEnvironment(withoutEmpty(read?.data ?? {}, file), options.env)
  const parsed = Config.safeParse(file === null ? { ...withoutFile, ...(data as object) } : data)
  const refuse = (problems: readonly Problem[]) => refusal(problems, file, read)
  if (!parsed.success) throw refuse(problemsOf(parsed.error, data))
  const base = file === null ? options.cwd : dirname(file)
  const { config, problems: unreadable } = withTlsFiles(parsed.data, base)
  const { problems, warnings } = checkConfig(config)
  if (problems.length + unreadable.length > 0) throw refuse([...unreadable, ...problems])
  const dataFolder = options.data ?? options.env.SMSHUB_DATA ?? resolve(base, config.data)
  const sentences = warnings.map((warning) => placed(warning, file, read))
  if (config.mqtt.server !== undefined && valueAt(data, ['mqtt', 'broker']) !== undefined)
    sentences.push(placed({ path: ['mqtt', 'broker'], message: brokerUnused }, file, read))
  if (read !== null && Object.keys(read.data as object).length === 0)
    sentences.push(`${file} is empty: ${defaultsOnly}`)
  const folder = resolve(options.cwd, dataFolder)
  for (const { id, file: own } of new ProfileFiles(join(folder, 'devices')).shadows())
    sentences.push(`${own} replaces the profile ${id} that comes with smshub: rename it if that is not intended`)
  return { config, file, dataFolder: folder, warnings: sentences }
}

const brokerUnused = 'mqtt.broker: is not used, because mqtt.server names another broker: remove one of them'
const defaultsOnly = 'it needs gateways: and devices:, as README.md shows'

/** A key without a value (its lines may be commented out) counts as absent. */
function withoutEmpty(data: unknown, file: string | null): object {
  if (typeof data !== 'object' || data === null || Array.isArray(data)) {
    const example = 'devices: { gate: { profile: king-pigeon/rtu5024, variant: classic, number: "+4915112345678" } }'
    throw new Fault('invalid_config', `${file}: must be a table of keys; for example ${example}`)
  }
  return Object.fromEntries(Object.entries(data).filter(([, value]) => value !== '' && value !== null))
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
  const secretsFile = join(dirname(file), 'secrets.yaml')
  const secrets = readSecrets(secretsFile, env)
  return readYaml(text(file), file, { secret: (name) => secretIn(secrets, name, secretsFile), env: variableIn(env) })
}

function secretIn(secrets: Readonly<Record<string, string>> | null, name: string, file: string): string {
  const line = `${name}: "…"`
  if (secrets === null) throw new Fault('invalid_config', `there is no file ${file}: make it, with a line ${line}`)
  if (Object.hasOwn(secrets, name)) return secrets[name] as string
  const meant = didYouMean(name, Object.keys(secrets)) || `: add a line ${line}`
  throw new Fault('invalid_config', `there is no "${name}" in ${file}${meant}`)
}

const variableIn =
  (env: LoadOptions['env']): Lookups['env'] =>
  (name) => {
    const value = Object.hasOwn(env, name) ? env[name] : undefined
    if (value !== undefined) return value
    throw new Fault('invalid_config', `the environment variable ${name} is not set`)
  }

/** The entries of secrets.yaml; null where there is no such file. */
function readSecrets(file: string, env: LoadOptions['env']): Record<string, string> | null {
  if (!existsSync(file)) return null
  const secret = () => {
    throw new Fault('invalid_config', 'a secret must be a literal value here')
  }
  const { data } = readYaml(text(file), file, { secret, env: variableIn(env) })
  const entries = Object.entries(withoutEmpty(data, file))
  const wrong = entries.find(([, value]) => typeof value !== 'string')
  if (wrong !== undefined)
    throw new Fault('invalid_config', `${file}: ${wrong[0]} must be a text; for example ${wrong[0]}: "1234"`)
  return Object.fromEntries(entries) as Record<string, string>
}

function text(file: string): string {
  let octets: Uint8Array
  try {
    octets = readFileSync(file)
  } catch (error) {
    throw new Fault('invalid_config', `${file} can't be read: ${(error as Error).message}`, { file }, error)
  }
  const wide = octets[0] === 0xff || octets[0] === 0xfe ? 'UTF-16' : null
  try {
    if (wide === null) return new TextDecoder('utf-8', { fatal: true }).decode(octets)
  } catch {
    const good = new TextDecoder('utf-8').decode(octets)
    const line = good.slice(0, good.indexOf('\ufffd')).split('\n').length
    throw new Fault('invalid_config', `${file}:${line}: a character is not UTF-8: save the file as UTF-8`, { file })
  }
  throw new Fault('invalid_config', `${file} is ${wide}: save it as UTF-8`, { file })
}

function refusal(problems: readonly Problem[], file: string | null, read: YamlFile | null): Fault {
  const sentences = problems.map((problem) => placed(problem, file, read))
  return new Fault('invalid_config', sentences.join('\n'), { problems: sentences })
}

function placed({ path, message }: Problem, file: string | null, read: YamlFile | null): string {
  const line = read?.lineOf(path) ?? null
  return `${file ?? 'configuration'}${line === null ? '' : `:${line}`}: ${message}`
}
