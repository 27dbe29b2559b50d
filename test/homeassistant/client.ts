import { render } from './jinja.ts'
import { componentsOf, expanded } from './validator.ts'

type Json = Record<string, any>

/** What Home Assistant publishes when somebody uses an entity: topic and payload, one for each thing it can do. */
export function pressesOf(component: Json): { topic: string; payload: string; word: string }[] {
  const { platform, command_topic: topic, command_template: template } = component
  const words = wordsOf(component)
  const climate = [
    ...(component.temperature_command_topic
      ? [component.min_temp ?? 20, component.max_temp ?? 21].map((value) => ({
          topic: component.temperature_command_topic,
          payload: render(component.temperature_command_template ?? '{{ value }}', { value }),
          word: String(value),
        }))
      : []),
    ...(component.mode_command_topic
      ? ['off', 'heat'].map((value) => ({
          topic: component.mode_command_topic,
          payload: render(component.mode_command_template, { value }),
          word: value,
        }))
      : []),
  ]
  if (topic === undefined) return climate
  const variable = platform === 'alarm_control_panel' ? 'action' : 'value'
  return words.map((word) => ({
    topic,
    word,
    payload: template === undefined ? word : render(template, { [variable]: word }),
  }))
}

/** Default payloads of each platform. */
function wordsOf(component: Json): string[] {
  const either = (key: string, fallback: string) => (component[key] === null ? [] : [component[key] ?? fallback])
  switch (component.platform) {
    case 'switch':
    case 'siren':
      return [...either('payload_on', 'ON'), ...either('payload_off', 'OFF')]
    case 'button':
      return either('payload_press', 'PRESS')
    case 'lock':
      return [
        ...either('payload_lock', 'LOCK'),
        ...either('payload_unlock', 'UNLOCK'),
        ...(component.payload_open ? [component.payload_open] : []),
      ]
    case 'cover':
    case 'valve':
      return [
        ...either('payload_open', 'OPEN'),
        ...either('payload_close', 'CLOSE'),
        ...(component.payload_stop ? [component.payload_stop] : []),
      ]
    case 'alarm_control_panel':
      return ['DISARM', ...component.supported_features.map((feature: string) => feature.toUpperCase())]
    case 'number':
      return [String(component.min ?? 1), String(component.max ?? 100)]
    case 'select':
      return component.options
    case 'text':
      return [fitting(component)]
    case 'notify':
      return ['hello']
    default:
      return []
  }
}

/** A text that a text entity takes: Home Assistant looks at lengths and pattern itself. */
function fitting({ min = 0, max = 255, pattern }: Json): string {
  const tries = ['1', '12', '1234', '123456', '+4915112345678', 'abc', 'abcdef', 'internet', '12:30', '1.5']
  const fits = (text: string) =>
    text.length >= min && text.length <= max && (pattern === undefined || new RegExp(pattern).test(text))
  return tries.find(fits) ?? '1'.padEnd(min, '1')
}

/** States that a platform knows; null where anything goes. */
const legal: Readonly<Record<string, readonly string[]>> = {
  cover: ['open', 'opening', 'closed', 'closing', 'stopped', 'None', ''],
  valve: ['open', 'opening', 'closed', 'closing', 'stopped', 'None', ''],
  lock: ['LOCKED', 'UNLOCKED', 'LOCKING', 'UNLOCKING', 'OPEN', 'OPENING', 'JAMMED', 'None', ''],
  alarm_control_panel: [
    'disarmed',
    'armed_home',
    'armed_away',
    'armed_night',
    'armed_vacation',
    'armed_custom_bypass',
    'pending',
    'triggered',
    'arming',
    'disarming',
    'None',
    '',
  ],
}

/** The states that mean on and off; JSON's true is `True` to Home Assistant, in the document as in a template. */
function onAndOff({ payload_on = 'ON', payload_off = 'OFF', state_on = payload_on, state_off = payload_off }: Json) {
  const shown = (value: unknown) => (value === true ? 'True' : value === false ? 'False' : String(value))
  return [shown(state_on), shown(state_off)]
}

/** What is wrong with the state that an entity shows for this payload; null when nothing is. */
export function wrongState(component: Json, payload: string): string | null {
  const template = component.value_template ?? component.state_value_template
  const state = template === undefined ? payload : render(template, { value_json: JSON.parse(payload), value: payload })
  const known = ['switch', 'binary_sensor', 'siren'].includes(component.platform)
    ? [...onAndOff(component), 'None', '']
    : legal[component.platform]
  const say = `${component.key} (${component.platform}) shows "${state}"`
  if (known !== undefined) return known.includes(state) ? null : say
  if (component.platform === 'sensor' && state !== 'None' && state !== '') {
    if (component.options && !component.options.includes(state)) return say
    if (component.device_class === 'timestamp' && !/(Z|[+-]\d\d:\d\d)$/.test(state)) return say
    if (component.state_class && Number.isNaN(Number(state))) return say
    if (state.length > 255) return `${say}: too long`
  }
  if (component.platform === 'event' && state !== '' && !component.event_types.includes(JSON.parse(state).event_type))
    return say
  return null
}

export { componentsOf, expanded }
