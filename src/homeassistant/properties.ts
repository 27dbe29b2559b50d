import { labelOf, spelled } from '../device/describe/labels.ts'
import { isConfirmed, targetOf } from '../device/describe/state-fields.ts'
import { commandsOf, type Device, mayUse } from '../device/device.ts'
import type { Parameter } from '../device/schema/command.ts'
import type { Action, Call, Property } from '../device/schema/message.ts'
import { callsOf, onlyParameter } from '../device/send/intent.ts'
import { fieldOf } from '../device/vocabulary/vocabulary.ts'
import { dangerOf } from './command-danger.ts'
import { type Component, type DiscoveryContext, jsonValue, type Part, topicOf, without } from './component.ts'
import { fieldPart } from './field-part.ts'
import { propertyIcon } from './icons.ts'
import { sensorKindOf } from './presentation.ts'

/** Input for making an entity of a property. */
interface View {
  readonly context: DiscoveryContext
  readonly device: Device
  readonly name: string
  readonly row: Property
  readonly calls: ReadonlyMap<Action, Call>
  /** Fields that a text of the device can report. */
  readonly reported: readonly string[]
  /** Some of its commands are dangerous: the payload has to confirm. */
  readonly dangerous: boolean
}

/**
 * Primary functions are enabled even if one of their actions is dangerous: the owner of an alarm panel wants to see it,
 * and using it is the confirmation. Dangerous switches and buttons are disabled by default.
 */
const enabledThoughDangerous: ReadonlySet<string> = new Set([
  'alarm_control_panel',
  'climate',
  'cover',
  'lock',
  'select',
  'siren',
  'valve',
])

/** Arming actions and Home Assistant's names of the features. */
const arms = {
  arm_away: 'arm_away',
  arm_home: 'arm_home',
  arm_night: 'arm_night',
  arm_vacation: 'arm_vacation',
} as const
/** Home Assistant's limit of a text entity. */
const maxTextLength = 255

type Factory = (view: View) => Component | null

const factories: Readonly<Record<Property['entity'], Factory>> = {
  switch: (view) =>
    has(view, 'on', 'off')
      ? without({
          p: 'switch',
          ...commanded(view),
          ...shown(view, jsonValue(view.name)),
          ...(isReported(view) && truths(view)),
        })
      : null,
  siren: (view) =>
    has(view, 'on', 'off')
      ? without({
          p: 'siren',
          ...commanded(view),
          cmd_tpl: view.dangerous ? confirmed(view, 'value') : '{{ value }}',
          support_duration: false,
          support_volume_set: false,
          ...(isReported(view) && {
            stat_t: topicOf(view.context, view.device),
            stat_val_tpl: jsonValue(view.name),
            ...truths(view),
          }),
          opt: isAssumed(view) ? true : undefined,
        })
      : null,
  button: (view) => {
    const word = (['press', 'open', 'on', 'unlock', 'trigger', 'toggle'] as const).find((action) =>
      view.calls.has(action),
    )
    return word === undefined ? null : without({ p: 'button', ...commanded(view), pl_prs: word.toUpperCase() })
  },
  cover: (view) => {
    const payload = (action: Action) => (view.calls.has(action) ? plain(view, action.toUpperCase()) : null)
    if (!view.calls.has('open') && !view.calls.has('close')) return null
    return without({
      p: 'cover',
      dev_cla: view.name.startsWith('garage') ? 'garage' : view.name.startsWith('door') ? 'door' : 'gate',
      cmd_t: setTopic(view),
      pl_open: payload('open'),
      pl_cls: payload('close'),
      pl_stop: payload('stop'),
      ...shown(view, moving(view.name, { OPEN: 'opening', CLOSE: 'closing' })),
    })
  },
  valve: (view) =>
    view.calls.has('open') || view.calls.has('close')
      ? without({
          p: 'valve',
          ...commanded(view),
          pl_open: view.calls.has('open') ? 'OPEN' : null,
          pl_cls: view.calls.has('close') ? 'CLOSE' : null,
          pl_stop: view.calls.has('stop') ? 'STOP' : undefined,
          ...shown(view, moving(view.name, { OPEN: 'opening', CLOSE: 'closing' })),
        })
      : null,
  lock: (view) =>
    has(view, 'lock', 'unlock')
      ? without({
          p: 'lock',
          ...commanded(view),
          pl_open: view.calls.has('open') ? 'OPEN' : undefined,
          ...shown(view, moving(view.name, { LOCK: 'LOCKING', UNLOCK: 'UNLOCKING' }), 'text'),
        })
      : null,
  alarm_control_panel: (view) => {
    // Home Assistant has no panel without a state: such a device gets buttons.
    if (!isReported(view)) return null
    const features = Object.entries(arms).flatMap(([action, feature]) =>
      view.calls.has(action as Action) ? [feature] : [],
    )
    return without({
      p: 'alarm_control_panel',
      cmd_t: setTopic(view),
      cmd_tpl: view.dangerous ? confirmed(view, 'action') : undefined,
      stat_t: topicOf(view.context, view.device),
      val_tpl: jsonValue(view.name),
      sup_feat: [...features, ...(view.calls.has('trigger') ? ['trigger'] : [])],
      // By default Home Assistant requires a code, and shows no keypad to enter one.
      cod_arm_req: false,
      cod_dis_req: false,
      cod_trig_req: false,
    })
  },
  climate: (view) => {
    const spec = valueParameter(view)
    const topic = topicOf(view.context, view.device)
    const switched = has(view, 'on', 'off')
    return without({
      p: 'climate',
      temp_cmd_t: view.calls.has('set') ? setTopic(view) : undefined,
      temp_stat_t: isReported(view) ? topic : undefined,
      temp_stat_tpl: isReported(view) ? jsonValue(view.name) : undefined,
      curr_temp_t: view.reported.includes('temperature') ? topic : undefined,
      curr_temp_tpl: view.reported.includes('temperature') ? jsonValue('temperature') : undefined,
      min_temp: spec?.min,
      max_temp: spec?.max,
      temp_step: spec?.type === 'decimal' ? 0.5 : 1,
      modes: switched ? ['off', 'heat'] : ['heat'],
      mode_cmd_t: switched ? setTopic(view) : undefined,
      mode_cmd_tpl: switched ? "{{ 'OFF' if value == 'off' else 'ON' }}" : undefined,
      temp_unit: 'C',
      opt: isAssumed(view) ? true : undefined,
    })
  },
  number: (view) => {
    const spec = valueParameter(view)
    if (spec === null) return null
    const { deviceClass, unit } = sensorKindOf(view.name)
    return without({
      p: 'number',
      ...commanded(view, true),
      min: spec.min ?? 0,
      max: spec.max ?? 100_000,
      step: spec.type === 'decimal' ? 0.1 : 1,
      mode: 'box',
      unit_of_meas: unit ?? spec.unit,
      dev_cla: deviceClass ?? undefined,
      ...shown(view, jsonValue(view.name)),
    })
  },
  select: (view) => {
    const spec = valueParameter(view)
    const words = spec?.type === 'bool' ? ['true', 'false'] : Object.keys(spec?.options ?? {})
    const own = [...view.calls.keys()].filter((action) => action !== 'set').map((action) => action.toUpperCase())
    const options = words.length > 0 ? words : own
    if (options.length === 0) return null
    return without({ p: 'select', ...commanded(view), ops: options, ...shown(view, jsonValue(view.name)) })
  },
  text: (view) => {
    const spec = valueParameter(view)
    if (spec === null) return null
    const length = spec.length ?? spec.max ?? maxTextLength
    return without({
      p: 'text',
      ...commanded(view, true),
      min: 0,
      max: Math.min(maxTextLength, length),
      mode: spec.secret ? 'password' : undefined,
      ...(spec.secret ? { opt: true } : shown(view, jsonValue(view.name))),
    })
  },
  notify: (view) => (view.calls.has('set') ? without({ p: 'notify', ...commanded(view, true) }) : null),
  sensor: () => null,
  binary_sensor: () => null,
  device_tracker: () => null,
  event: () => null,
}

/** The entity of a property, or a simpler one where this device lacks commands for it. */
export function propertyParts(
  context: DiscoveryContext,
  device: Device,
  name: string,
  row: Property,
  reported: readonly string[],
): Part[] {
  const calls = usableCalls(device, row)
  const dangerous = [...calls.values()].some(({ command }) => dangerOf(device, command) !== null)
  const view: View = { context, device, name, row, calls, reported, dangerous }
  const made = calls.size === 0 ? null : factories[row.entity](view)
  if (made !== null) return [{ key: name, component: dressed(view, made), shows: false }]
  const buttons = [...calls].flatMap(([action, call]) => (action === 'set' ? [] : buttonOf(view, action, call)))
  const field = isReported(view) ? fieldPart(context, device, name, row) : null
  return [...buttons, ...(field === null ? [] : [field])]
}

/** A button for an action of a property without an entity. */
function buttonOf(view: View, action: Action, { command }: Call): Part {
  const { device, name, row } = view
  const one = { ...view, dangerous: dangerOf(device, command) !== null }
  const component = without({ p: 'button', ...commanded(one), pl_prs: action.toUpperCase() })
  const does = action.replaceAll('_', ' ')
  const label = name === 'alarm_state' && row.name === undefined ? spelled(does) : `${nameOf(view)} ${does}`
  return { key: `${name}_${action}`, component: { ...dressed(one, component), name: label }, shows: false }
}

const nameOf = ({ row, name }: View): string => (row.name === undefined ? labelOf(name) : spelled(row.name))

function dressed(view: View, component: Component): Component {
  const { row, name, dangerous } = view
  return without({
    ...component,
    name: nameOf(view),
    ic: component.dev_cla === undefined ? propertyIcon(name, component.p) : undefined,
    ent_cat: row.category,
    en: dangerous && !enabledThoughDangerous.has(row.entity) ? false : undefined,
  }) as Component
}

/** Calls of commands that the owner has enabled. */
function usableCalls(device: Device, row: Property): ReadonlyMap<Action, Call> {
  const commands = commandsOf(device)
  return new Map(
    [...callsOf(device, row)].filter(
      ([, { command }]) => commands[command] === undefined || mayUse(device, commands[command]),
    ),
  )
}

const has = ({ calls }: View, ...actions: readonly Action[]): boolean => actions.every((action) => calls.has(action))

const setTopic = ({ context, device, name }: View): string => topicOf(context, device, `set/${name}`)

function commanded(view: View, quoted = false): { cmd_t: string; cmd_tpl?: string | undefined } {
  return { cmd_t: setTopic(view), cmd_tpl: view.dangerous ? confirmed(view, 'value', quoted) : undefined }
}

/** The payload of a dangerous command names the device as the confirmation. */
const confirmed = ({ device }: View, variable: string, quoted = false): string =>
  `{"value": ${quoted ? `{{ ${variable} | tojson }}` : `"{{ ${variable} }}"`}, "confirm": "${device.id}"}`

const plain = (view: View, word: string): string =>
  view.dangerous ? JSON.stringify({ value: word, confirm: view.device.id }) : word

const isReported = ({ reported, name }: View): boolean => reported.includes(name)

/** The effect of a command is assumed where no text reports the state or answers do not prove it. */
const isAssumed = (view: View): boolean =>
  !isReported(view) || ![...view.calls.values()].every((call) => isConfirmed(view.device, call, view.name))

/** The state topic, or that the state is assumed. */
function shown(view: View, template: string, type?: 'text'): Record<string, unknown> {
  const fits = isReported(view) && (type === undefined || fieldOf(view.name)?.type === type)
  const opt = !fits || isAssumed(view) ? true : undefined
  return fits ? { stat_t: topicOf(view.context, view.device), val_tpl: template, opt } : { opt }
}

/** States of a boolean field; ON and OFF are Home Assistant's defaults. */
const truths = ({ name }: View): object => (fieldOf(name)?.type === 'bool' ? { stat_on: true, stat_off: false } : {})

/** The state is moving while a command is pending, else the last reported one. */
function moving(name: string, targets: Readonly<Record<string, string>>): string {
  const [first, second] = Object.entries(targets) as [[string, string], [string, string]]
  const target = `value_json.${targetOf(name)}`
  return `{% if ${target} == '${first[0]}' %}${first[1]}{% elif ${target} == '${second[0]}' %}${second[1]}{% else %}${jsonValue(name)}{% endif %}`
}

/** The parameter for the value of a `set`. */
function valueParameter({ device, calls }: View): Parameter | null {
  const call = calls.get('set')
  if (call === undefined) return null
  const named = Object.entries(call.params).find(([, text]) => text === '{value}')?.[0]
  const name = named ?? onlyParameter(device, call.command)
  return name === null ? null : (commandsOf(device)[call.command]?.params[name] ?? null)
}
