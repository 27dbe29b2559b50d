import { readFileSync } from 'node:fs'

interface Facts {
  readonly root: { readonly r: readonly string[]; readonly o: readonly string[] }
  readonly shared: readonly string[]
  readonly device: readonly string[]
  readonly origin: { readonly r: readonly string[]; readonly o: readonly string[] }
  readonly common: readonly string[]
  readonly platforms: Readonly<
    Record<string, { r: readonly string[]; o: readonly string[]; one_of?: readonly string[]; no_common?: boolean }>
  >
  readonly abbr: Readonly<Record<string, string>>
  readonly abbr_device: Readonly<Record<string, string>>
  readonly abbr_origin: Readonly<Record<string, string>>
  readonly units: Readonly<Record<string, readonly string[]>>
  readonly no_unit: readonly string[]
  readonly state_class: Readonly<Record<string, readonly string[]>>
}

/** What Home Assistant 2026.9.1 takes. */
export const facts = JSON.parse(
  readFileSync(new URL('../vectors/ha-discovery-facts.json', import.meta.url), 'utf8'),
) as Facts

type Json = Record<string, any>
const largest = 64 * 1024

/** Short keys as long ones, in the places in which Home Assistant looks for them. */
export function expanded(document: Json): Json {
  const root = rename(document, facts.abbr)
  if (root.device) root.device = rename(root.device, facts.abbr_device)
  if (root.origin) root.origin = rename(root.origin, facts.abbr_origin)
  if (root.availability) root.availability = root.availability.map((entry: Json) => rename(entry, facts.abbr))
  if (root.components)
    root.components = Object.fromEntries(
      Object.entries(root.components as Json).map(([key, one]) => [key, expanded(one)]),
    )
  return root
}

/** Keys of Home Assistant before 2026.4; newer ones drop them without a word. */
const older = ['object_id']

function rename(table: Json, names: Readonly<Record<string, string>>): Json {
  return Object.fromEntries(
    Object.entries(table).map(([key, value]) => [Object.hasOwn(names, key) ? (names[key] as string) : key, value]),
  )
}

/** One component with what the root shares, as its platform sees it. */
export function componentsOf(document: Json): Json[] {
  const { components = {}, device, origin, ...shared } = expanded(document)
  const common = Object.fromEntries(Object.entries(shared).filter(([key]) => facts.shared.includes(key)))
  return Object.entries(components as Json).map(([key, one]) => ({ key, ...common, ...one, device, origin }))
}

/** Everything that Home Assistant would complain of, or drop without a word. */
export function problemsOf(topic: string, payload: string): string[] {
  const problems: string[] = []
  const say = (problem: string) => problems.push(problem)
  const [, kind, ...ids] = topic.split('/')
  if (
    !/^[a-zA-Z0-9_-]+$/.test(kind ?? '') ||
    ids.at(-1) !== 'config' ||
    !ids.slice(0, -1).every((id) => /^[a-zA-Z0-9_-]+$/.test(id))
  )
    say(`${topic} is no topic of discovery`)
  if (Buffer.byteLength(payload) > largest) say(`${Buffer.byteLength(payload)} octets`)
  const document = JSON.parse(payload) as Json
  if (kind !== 'device') {
    const { device, origin, ...component } = expanded(document)
    checkDevice(device, say)
    checkOrigin(origin, say)
    checkComponent({ key: ids.at(-2), platform: kind, device, origin, ...component }, say)
    return problems
  }
  const root = expanded(document)
  for (const key of Object.keys(root))
    if (![...facts.root.r, ...facts.root.o].includes(key))
      say(`the root must not have ${key}: Home Assistant drops it all`)
  for (const key of facts.root.r) if (root[key] === undefined) say(`the root has no ${key}`)
  if (root.availability && root.availability_topic) say('the root has two kinds of availability')
  checkDevice(root.device, say)
  checkOrigin(root.origin, say)
  const unique = new Set<string>()
  for (const component of componentsOf(document)) {
    const id = `${component.platform}.${component.unique_id}`
    if (component.unique_id !== undefined && unique.has(id)) say(`${id} is there twice`)
    unique.add(id)
    if (!/^[a-zA-Z0-9_-]+$/.test(component.key)) say(`the component's name ${component.key}`)
    checkComponent(component, say)
  }
  return problems
}

function checkDevice(device: Json | undefined, say: (problem: string) => void): void {
  if (device === undefined) return say('there is no device')
  for (const key of Object.keys(device)) if (!facts.device.includes(key)) say(`device.${key} is unknown`)
  if (!device.identifiers?.length && !device.connections?.length) say('the device has no identifiers')
}

function checkOrigin(origin: Json | undefined, say: (problem: string) => void): void {
  for (const key of facts.origin.r) if (!origin?.[key]) say(`origin has no ${key}`)
  for (const key of Object.keys(origin ?? {}))
    if (![...facts.origin.r, ...facts.origin.o].includes(key)) say(`origin.${key} is unknown`)
}

function checkComponent({ key, platform, ...component }: Json, tell: (problem: string) => void): void {
  const say = (problem: string) => tell(`${key} (${platform}): ${problem}`)
  const rules = Object.hasOwn(facts.platforms, platform) ? facts.platforms[platform] : undefined
  if (rules === undefined) return say('there is no such platform')
  const known = [
    ...rules.r,
    ...rules.o,
    ...(rules.one_of ?? []),
    ...(rules.no_common ? ['device', 'origin'] : [...facts.common, ...older]),
  ]
  // What the root shares reaches platforms that have no use for it; Home Assistant lets it go there.
  for (const name of Object.keys(component))
    if (!known.includes(name) && !facts.shared.includes(name)) say(`${name} is unknown`)
  for (const name of rules.r) if (component[name] === undefined) say(`${name} is missing`)
  if (rules.one_of && !rules.one_of.some((name) => component[name] !== undefined)) say(`needs one of ${rules.one_of}`)
  if (!rules.no_common && !component.unique_id) say('unique_id is missing: Home Assistant drops it all')
  if (component.availability && component.availability_topic) say('two kinds of availability')
  checkTopics(component, say)
  checkClasses(platform, component, say)
  checkLimits(platform, component, say)
}

function checkTopics(component: Json, say: (problem: string) => void): void {
  const topics = Object.entries(component).filter(([name]) => name.endsWith('topic'))
  for (const entry of component.availability ?? []) topics.push(['availability', entry.topic])
  for (const [name, topic] of topics) {
    if (typeof topic !== 'string' || topic === '' || /[+#\u0000\s]/.test(topic)) say(`${name}: ${topic}`)
  }
}

function checkClasses(platform: string, component: Json, say: (problem: string) => void): void {
  const { device_class: named, unit_of_measurement: unit, state_class: state, options } = component
  const category = component.entity_category
  if (category !== undefined && !['config', 'diagnostic'].includes(category)) say(`entity_category ${category}`)
  if (category === 'config' && ['sensor', 'binary_sensor'].includes(platform)) say('a sensor is no configuration')
  if (!['sensor', 'number'].includes(platform)) return
  const units = Object.hasOwn(facts.units, named ?? '') ? facts.units[named] : undefined
  if (named !== undefined && units === undefined && !facts.no_unit.includes(named)) say(`device_class ${named}`)
  if (units !== undefined && !units.includes(unit)) say(`${named} is not measured in ${unit}`)
  if (facts.no_unit.includes(named) && unit !== undefined) say(`${named} has no unit`)
  if (state !== undefined) {
    const allowed = (Object.hasOwn(facts.state_class, named ?? '') ? facts.state_class[named] : undefined) ?? [
      ...(facts.state_class['*'] ?? []),
      'total',
      'total_increasing',
    ]
    if (!allowed.includes(state)) say(`state_class ${state} of ${named}`)
  }
  if (options !== undefined && (named !== 'enum' || unit !== undefined || state !== undefined || options.length === 0))
    say('options need device_class enum and nothing else')
}

function checkLimits(platform: string, component: Json, say: (problem: string) => void): void {
  const { min, max, step } = component
  if (platform === 'number' && ((min ?? 1) > (max ?? 100) || (step ?? 1) < 0.001))
    say(`from ${min} to ${max} by ${step}`)
  if (platform === 'text' && ((min ?? 0) > (max ?? 255) || (max ?? 255) > 255)) say(`from ${min} to ${max} characters`)
  if (platform === 'event' && component.event_types?.length === 0) say('no event types')
  if (platform === 'select' && component.options?.length === 0) say('no options')
}
