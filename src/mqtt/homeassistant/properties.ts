import { commandsOf, type Device } from '../../device/device.ts'
import { callsOf, onlyParameter } from '../../device/intent.ts'
import type { Parameter } from '../../device/schema/command.ts'
import type { Action, Call, Property } from '../../device/schema/message.ts'
import { fieldOf } from '../../device/vocabulary.ts'
import { type Component, type DiscoveryContext, jsonValue, type Part, switchOf, topicOf, without } from './component.ts'
import { fieldPart } from './fields.ts'
import { labelOf, sensorKindOf } from './presentation.ts'

/** What making an entity of a property needs to know. */
interface View {
  readonly context: DiscoveryContext
  readonly device: Device
  readonly name: string
  readonly row: Property
  readonly calls: ReadonlyMap<Action, Call>
  /** The device can tell it: else the entity has no state, and none is invented. */
  readonly told: boolean
  /** A command behind it is dangerous: the payload confirms, and the entity waits disabled. */
  readonly dangerous: boolean
}

/** Arming actions and Home Assistant's names of the features. */
const arms = {
  arm_away: 'arm_away',
  arm_home: 'arm_home',
  arm_night: 'arm_night',
  arm_vacation: 'arm_vacation',
} as const
/** Largest text that Home Assistant takes. */
const longestText = 255

type Maker = (view: View) => Component | null

const makers: Readonly<Record<Property['entity'], Maker>> = {
  switch: (view) =>
    has(view, 'on', 'off') ? without({ p: 'switch', ...commanded(view), ...shown(view, switchState(view)) }) : null,
  siren: (view) =>
    has(view, 'on', 'off')
      ? without({
          p: 'siren',
          ...commanded(view),
          cmd_tpl: view.dangerous ? confirmed(view, 'value') : '{{ value }}',
          support_duration: false,
          support_volume_set: false,
          ...(view.told
            ? { stat_t: topicOf(view.context, view.device), stat_val_tpl: switchState(view) }
            : { opt: true }),
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
      dev_cla: view.name.startsWith('gate') ? 'gate' : undefined,
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
    })
  },
  climate: (view) => {
    const spec = valueParameter(view)
    const topic = topicOf(view.context, view.device)
    const switched = has(view, 'on', 'off')
    return without({
      p: 'climate',
      temp_cmd_t: view.calls.has('set') ? setTopic(view) : undefined,
      temp_stat_t: view.told ? topic : undefined,
      temp_stat_tpl: view.told ? jsonValue(view.name) : undefined,
      curr_temp_t: topic,
      curr_temp_tpl: jsonValue('temperature'),
      min_temp: spec?.min,
      max_temp: spec?.max,
      modes: switched ? ['off', 'heat'] : ['heat'],
      mode_cmd_t: switched ? setTopic(view) : undefined,
      mode_command_template: switched ? "{{ 'OFF' if value == 'off' else 'ON' }}" : undefined,
      temp_unit: 'C',
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
    const length = spec.length ?? spec.max ?? longestText
    return without({
      p: 'text',
      ...commanded(view, true),
      min: 0,
      max: Math.min(longestText, length),
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

/** The entity of a property; one that can't be that entity on this device becomes what it can be. */
export function propertyParts(
  context: DiscoveryContext,
  device: Device,
  name: string,
  row: Property,
  told: boolean,
): Part[] {
  const calls = usableCalls(device, row)
  const commands = commandsOf(device)
  const dangerous = [...calls.values()].some(({ command }) => commands[command]?.danger !== undefined)
  const view: View = { context, device, name, row, calls, told, dangerous }
  const made = calls.size === 0 ? null : makers[row.entity](view)
  if (made !== null) return [{ key: name, component: dressed(view, made), shows: false }]
  const buttons = [...calls.keys()]
    .filter((action) => action !== 'set')
    .map((action): Part => {
      const component = { p: 'button', ...commanded(view), pl_prs: action.toUpperCase() }
      const label = `${row.name ?? labelOf(name)} ${action.replaceAll('_', ' ')}`
      return {
        key: `${name}_${action}`,
        component: { ...dressed(view, without(component)), name: label },
        shows: false,
      }
    })
  const field = told ? fieldPart(context, device, name, row) : null
  return [...buttons, ...(field === null ? [] : [field])]
}

function dressed({ row, name, dangerous }: View, component: Component): Component {
  return without({
    ...component,
    name: row.name ?? labelOf(name),
    ent_cat: row.category,
    en: dangerous ? false : undefined,
  }) as Component
}

/** Calls of commands that the owner lets happen. */
function usableCalls(device: Device, row: Property): ReadonlyMap<Action, Call> {
  const commands = commandsOf(device)
  return new Map(
    [...callsOf(device, row)].filter(([, { command }]) => device.unproven || commands[command]?.proof !== 'unproven'),
  )
}

const has = ({ calls }: View, ...actions: readonly Action[]): boolean => actions.every((action) => calls.has(action))

const setTopic = ({ context, device, name }: View): string => topicOf(context, device, `set/${name}`)

function commanded(view: View, quoted = false): { cmd_t: string; cmd_tpl?: string | undefined } {
  return { cmd_t: setTopic(view), cmd_tpl: view.dangerous ? confirmed(view, 'value', quoted) : undefined }
}

/** The payload of a dangerous command names the device: whoever enables the entity confirms. */
const confirmed = ({ device }: View, variable: string, quoted = false): string =>
  `{"value": ${quoted ? `{{ ${variable} | tojson }}` : `"{{ ${variable} }}"`}, "confirm": "${device.id}"}`

const plain = (view: View, word: string): string =>
  view.dangerous ? JSON.stringify({ value: word, confirm: view.device.id }) : word

/** Where the state comes from, or that there is none to come. */
function shown(view: View, template: string, type?: 'text'): Record<string, unknown> {
  const fits = type === undefined || fieldOf(view.name)?.type === type
  return view.told && fits ? { stat_t: topicOf(view.context, view.device), val_tpl: template } : { opt: true }
}

const switchState = ({ name }: View): string => (fieldOf(name)?.type === 'bool' ? switchOf(name) : jsonValue(name))

/** While a command is under way the state is that of moving; else what the device said last. */
function moving(name: string, targets: Readonly<Record<string, string>>): string {
  const [first, second] = Object.entries(targets) as [[string, string], [string, string]]
  const target = `value_json.${name}_target`
  return `{% if ${target} == '${first[0]}' %}${first[1]}{% elif ${target} == '${second[0]}' %}${second[1]}{% else %}${jsonValue(name)}{% endif %}`
}

/** The parameter that takes the value of a `set`. */
function valueParameter({ device, calls }: View): Parameter | null {
  const call = calls.get('set')
  if (call === undefined) return null
  const named = Object.entries(call.params).find(([, text]) => text === '{value}')?.[0]
  const name = named ?? onlyParameter(device, call.command)
  return name === null ? null : (commandsOf(device)[call.command]?.params[name] ?? null)
}
