import type { Device } from '../device.ts'
import { proved } from '../profile/proof-of-sources.ts'
import { type Message, message } from '../schema/message.ts'
import { linkPlace } from './place-in-text.ts'
import { type Salvaged, salvageAlarm } from './salvage.ts'

/** A link or coordinates are a position, whichever tracker sends them and whatever else is in the text. */
const location: Message = proved(message.parse({ text: '{position:maps_link}' }))

const cry = '[\\[|\\(|*]~(sos|help)[ me][ (alarm|alert|call|message|please|now)]~[\\]|\\)|*]'

/** A call for help: alone, or before a position. */
const sos: Message = proved(
  message.parse({
    text: [
      `${cry}[!][!][!][.]`,
      `${cry}[!|,|.|:|-]~{position:maps_link}`,
      '(sos|help)[(!|,|.|:|-| ){alarm_text:line}]~{position:maps_link}',
    ],
    event: 'sos',
    level: 'high',
    repeats: '180',
  }),
)

/** Words before a position that contain "alarm". */
const alarm: Message = proved(
  message.parse({
    text: '{alarm_text:line}~{position:maps_link}',
    event: 'alarm',
    level: 'high',
    repeats: '180',
  }),
)
const soundsAlarm = /!\s*$|\b(?:alarm|alert|warning|attention)\b/i

/** The alarm in a text of a tracker whose wording the profile lacks; `own` is the profile's reading of any words. */
export function anyAlarm(device: Device, own: Salvaged | null, text: string): Salvaged | null {
  if (!isTracker(device)) return own
  const cry = salvageAlarm(device, [['sos', sos]], text) ?? own
  if (cry !== null) return cry
  const other = salvageAlarm(device, [['alarm', alarm]], text)
  return soundsAlarm.test(String(other?.found.values.alarm_text ?? '')) ? other : null
}

/** The position of a link in a text of a tracker. */
export function anyLink(device: Device, text: string): Salvaged | null {
  const found = isTracker(device) ? linkPlace(text) : null
  return found === null ? null : { name: 'location', message: location, found, isVague: true }
}

const isTracker = ({ profile }: Device): boolean => profile.row.kind === 'tracker'
