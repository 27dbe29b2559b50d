import { isDialable, normaliseNumber, numberProblem, regionProblem } from '../device/parameters/numbers.ts'
import { refusalOf } from '../message/dialable.ts'
import { checkMail } from './check-mail.ts'
import { checkSmppServer } from './check-smppserver.ts'
import { groupProblems } from './groups.ts'
import type { Problem } from './problems.ts'
import type { Config } from './schema.ts'
import { userWarnings } from './users.ts'

export interface Checked {
  readonly problems: readonly Problem[]
  readonly warnings: readonly Problem[]
}

/** Numbers that are parsed completely: a hundred thousand would take ten seconds. */
const maxParsed = 2_000

/** Errors of a well-formed configuration, and warnings. */
export function checkConfig(config: Config): Checked {
  const problems: Problem[] = []
  const warnings: Problem[] = []
  const { region } = config.sms
  const wrongRegion = region === undefined ? null : regionProblem(region)
  if (wrongRegion !== null) problems.push(at(['sms', 'region'], wrongRegion))
  for (const [name, problem] of groupProblems(config.contacts, Object.keys(config.devices)))
    problems.push(at(['contacts', name], problem))
  let looked = 0
  for (const { path, number, isSender } of numbersIn(config)) {
    if (number.startsWith('+') && ++looked > maxParsed) continue
    const problem = numberProblem(number, wrongRegion === null ? region : undefined)
    if (problem === null) {
      const refusal = isSender ? null : refusalOf(normaliseNumber(number), 'text')
      if (refusal !== null)
        problems.push(at(path, `${refusal}; nothing is ever sent to it: write a number like +4915112345678`))
      continue
    }
    const isSure = problem.isSure || (!isSender && !isDialable(number))
    ;(isSure ? problems : warnings).push(at(path, problem.message))
  }
  if (Object.keys(config.gateways).length === 0 && Object.keys(config.devices).length > 0)
    warnings.push({ path: ['devices'], message: 'no gateway is configured: add gateways: { home: { type: modem } }' })
  for (const [id, gateway] of Object.entries(config.gateways)) {
    if (gateway.type === 'http' && gateway.webhooks && config.http.url === undefined)
      problems.push(
        at(
          ['gateways', id, 'webhooks'],
          'needs the address at which the carrier reaches the hub: set http.url, like https://hub.example',
        ),
      )
    if (gateway.type !== 'modem' || /^(auto$|tcp:|\/|COM\d)/.test(gateway.path)) continue
    const meant = /^(tty|cu)/.test(gateway.path)
      ? `did you mean "/dev/${gateway.path}"?`
      : 'use auto, /dev/… or tcp://host:port'
    warnings.push(at(['gateways', id, 'path'], `"${gateway.path}" is a name in the working folder: ${meant}`))
  }
  for (const name of Object.keys(config.contacts))
    if (Object.hasOwn(config.devices, name))
      warnings.push(at(['contacts', name], 'is the name of a device as well: give one of them another'))
  warnings.push(...userWarnings(config))
  for (const checked of [checkMail(config), checkSmppServer(config)]) {
    problems.push(...checked.problems)
    warnings.push(...checked.warnings)
  }
  if (config.mqtt.identity === 'topic' && config.homeassistant.discovery !== 'none')
    warnings.push(
      at(
        ['mqtt', 'identity'],
        'with "topic", the entities that are announced to Home Assistant cannot send commands; set homeassistant.discovery: none, or identity: none',
      ),
    )
  for (const { path, prefix } of prefixesIn(config)) {
    const country = `+${prefix.replace(/^\+?0+/, '')}`
    if (/^\+0/.test(prefix)) problems.push(at(path, `no number begins with "${prefix}": write "${country}"`))
    if (/^\+/.test(prefix)) continue
    const meant = `"${prefix}" is for numbers without a plus, like short codes; for a country write "${country}"`
    warnings.push(at(path, meant))
  }
  return { problems, warnings }
}

const at = (path: readonly PropertyKey[], words: string): Problem => ({ path, message: `${path.join('.')}: ${words}` })

/** Prefixes of numbers. */
function prefixesIn({
  routes,
  requests,
}: Config): { readonly path: readonly PropertyKey[]; readonly prefix: string }[] {
  return [
    ...routes.flatMap(({ prefix }, i) => (prefix === undefined ? [] : [{ path: ['routes', i, 'prefix'], prefix }])),
    ...(requests.allowed_prefixes ?? []).map((prefix, i) => ({ path: ['requests', 'allowed_prefixes', i], prefix })),
  ]
}

interface Written {
  readonly path: readonly PropertyKey[]
  readonly number: string
  /** It may be the name of a sender, from which texts are received but to which none can be sent. */
  readonly isSender: boolean
}

function numbersIn({ devices, contacts, gateways }: Config): Written[] {
  return [
    ...Object.entries(devices).flatMap(([id, { number }]) =>
      number.map((one) => ({ path: ['devices', id, 'number'], number: one, isSender: true })),
    ),
    ...Object.entries(contacts).flatMap(([name, contact]) =>
      // A group may contain names.
      (typeof contact === 'string' ? [contact] : contact.filter((member) => !/\p{L}/u.test(member))).map((number) => ({
        path: ['contacts', name],
        number,
        isSender: false,
      })),
    ),
    ...Object.entries(gateways).flatMap(([id, { number }]) =>
      number === undefined ? [] : [{ path: ['gateways', id, 'number'], number, isSender: false }],
    ),
  ]
}
