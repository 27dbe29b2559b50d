import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Profile, parseProfile } from '../device/profile/profile.ts'
import { installation } from '../installation.ts'
import { Fault } from '../message/fault.ts'
import { didYouMean } from '../util/nearest.ts'
import { noLookups } from './lookups.ts'
import { readYaml } from './yaml.ts'

/** `devices/` of the installation. */
const shippedFolder = fileURLToPath(new URL('devices', installation))

/** Eight times the longest shipped one. A pattern of a megabyte takes seconds to parse and too much memory. */
const maxOctets = 256 * 1_024

/** The profile files: those of the installation, and the owner's in `<data>/devices`, which take precedence. */
export class ProfileFiles {
  readonly #folders: readonly string[]
  readonly #read = new Map<string, Profile>()
  readonly #heads = new Map<string, ProfileHead>()

  constructor(ownFolder: string | null = null) {
    this.#folders = [...(ownFolder === null ? [] : [ownFolder]), shippedFolder]
  }

  /** `<manufacturer>/<family>` of every profile, sorted. */
  ids(): string[] {
    const ids = this.#folders.filter((folder) => existsSync(folder)).flatMap((folder) => idsIn(folder))
    return [...new Set(ids)].sort()
  }

  /** The owner's files that replace a shipped one of the same name. */
  shadows(): { readonly id: string; readonly file: string }[] {
    const [own = shippedFolder] = this.#folders
    if (own === shippedFolder || !existsSync(own)) return []
    return idsIn(own)
      .filter((id) => existsSync(join(shippedFolder, `${id}.yaml`)))
      .map((id) => ({ id, file: join(own, `${id}.yaml`) }))
  }

  /** Reads a profile at its first use. */
  get(id: string): Profile {
    const profile = this.#read.get(id) ?? this.read(id)
    this.#read.set(id, profile)
    return profile
  }

  /** The keys of a profile for a list. The rest of its file is not parsed, which would be slow for all of them. */
  head(id: string): ProfileHead {
    const head = this.#heads.get(id) ?? this.#readHead(id)
    this.#heads.set(id, head)
    return head
  }

  #readHead(id: string): ProfileHead {
    const file = this.#fileOf(id)
    const blocks = readFileSync(file, 'utf8').split(/^(?=[a-z_]+:)/m)
    const head = blocks.filter((block) => headKeys.some((key) => block.startsWith(`${key}:`))).join('')
    const data = readYaml(head, file, noLookups).data as Record<string, string | string[]>
    const one = (key: (typeof headKeys)[number]) => String(data[key] ?? '')
    const models = data.models ?? []
    return {
      profile: id,
      kind: one('kind'),
      manufacturer: one('manufacturer'),
      family: one('family'),
      models: typeof models === 'string' ? [models] : models,
    }
  }

  /** Reads a profile without caching it, for iterating over all of them. */
  read(id: string): Profile {
    return readProfile(id, this.#fileOf(id))
  }

  /**
   * Writes a profile of the owner; its file. Fails with `invalid_profile` for one that can't be read, and `duplicate`
   * where there is one: a file that somebody has written is never replaced.
   */
  keep(id: string, text: string): string {
    const [own = shippedFolder] = this.#folders
    if (own === shippedFolder) throw new Fault('not_allowed', 'there is no folder for profiles of your own')
    if (!isId(id))
      throw new Fault('invalid_profile', `a profile is named like my/tracker, not "${id}"`, { profile: id })
    if (this.ids().includes(id)) throw new Fault('duplicate', `there is a profile ${id} already: choose another name`)
    const file = join(own, `${id}.yaml`)
    parseProfile(id, readYaml(text, file, noLookups).data)
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, text, { flag: 'wx', mode: 0o600 })
    return file
  }

  #fileOf(id: string): string {
    const file = this.#folders.map((folder) => join(folder, `${id}.yaml`)).find((path) => isId(id) && existsSync(path))
    if (file === undefined)
      throw new Fault('invalid_profile', `there is no profile "${id}"${this.#meant(id)}`, { profile: id })
    return file
  }

  /** Suggests a profile: for an id without its manufacturer, the name of a model, or a similar spelling. */
  #meant(id: string): string {
    const ids = this.ids()
    const plain = id.toLowerCase().replace(/\.ya?ml$/, '')
    const whole = ids.find((one) => one === plain || one.endsWith(`/${plain}`))
    if (whole !== undefined) return `; did you mean "${whole}"?`
    const letters = (text: string) => text.toLowerCase().replace(/[^a-z0-9]/g, '')
    const isModel = (one: string) => this.head(one).models.some((model) => letters(model) === letters(plain))
    const model = didYouMean(plain, ids) === '' ? ids.find(isModel) : undefined
    const way = '; smshub devices list shows all'
    return model === undefined ? didYouMean(plain, ids) || way : `; did you mean "${model}"?`
  }
}

/** An entry of a list of profiles. */
export interface ProfileHead {
  readonly profile: string
  readonly kind: string
  readonly manufacturer: string
  readonly family: string
  readonly models: readonly string[]
}

const headKeys = ['kind', 'manufacturer', 'family', 'models'] as const

/** Reads a profile file. Fails with `invalid_profile`, the file and the problem. */
export function readProfile(id: string, file: string): Profile {
  let text: string
  try {
    const { size } = statSync(file)
    if (size > maxOctets) throw new Error(`has ${size} octets; a profile has at most ${maxOctets}`)
    text = readFileSync(file, 'utf8')
  } catch (error) {
    throw new Fault('invalid_profile', `${file}: ${(error as Error).message}`, { profile: id }, error)
  }
  try {
    return parseProfile(id, readYaml(text, file, noLookups).data)
  } catch (error) {
    const fault = Fault.from(error)
    if (fault.code === 'invalid_profile') throw fault
    throw new Fault('invalid_profile', fault.message, { profile: id }, error)
  }
}

function isId(id: string): boolean {
  return /^[a-z0-9][a-z0-9-]*\/[a-z0-9][a-z0-9-]*$/.test(id)
}

function idsIn(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .flatMap((maker) =>
      readdirSync(join(folder, maker.name)).flatMap((name) =>
        name.endsWith('.yaml') ? [`${maker.name}/${name.slice(0, -5)}`] : [],
      ),
    )
    .filter(isId)
}
