import { z } from 'zod'
import { isDialable } from './parameters/numbers.ts'
import { isZone } from './readers/zones.ts'
import { trust } from './schema/message.ts'
import { flag, forward, many, named, seconds, table, text, whole } from './schema/profile-scalars.ts'
import { additions } from './schema/profile-schema.ts'

const never = z.literal('none').transform(() => null)

/** A key's meaning and an example value: both are shown where a value is wrong. */
const key = <S extends z.ZodType>(schema: S, description: string, example: unknown): S =>
  schema.meta({ description, examples: [example] })

/** How Home Assistant shows one entity of a device. */
const entity = table({
  name: key(text.optional(), 'Its name after the name of the device', 'Charge'),
  icon: key(
    text
      .refine((value) => /^[a-z0-9-]+:[a-z0-9-]+$/.test(value), 'is not an icon: use a name like mdi:gate')
      .optional(),
    'Its icon',
    'mdi:gate',
  ),
  device_class: key(text.optional(), 'Its device class in Home Assistant', 'garage_door'),
  enabled: key(flag.optional(), 'Whether Home Assistant enables it when it first sees it', 'true'),
})

/** `false`, read as null, or a table. */
const orFalse = <T extends z.ZodType>(value: T) =>
  z.preprocess(
    (given) => (given === null ? 'false' : given),
    z.union([z.literal('false').transform(() => null), value]),
  )

const homeassistant = orFalse(
  table({
    name: key(text.optional(), 'Name of the device in Home Assistant; without it, its name here', 'Front gate'),
    area: key(text.optional(), 'Area that Home Assistant suggests for it', 'Garden'),
    entities: key(
      z.record(text, orFalse(entity)).default({}),
      'Single entities by the name of their field, or command_<name>; false leaves one out',
      { battery: { icon: 'mdi:car-battery' }, command_restart: 'false' },
    ),
  }),
)

const trustTable = table({
  state: key(trust.default('number'), 'What a text needs to change the state', 'number'),
  danger: key(
    trust.default('number'),
    'What it needs to report disarmed, open, engine, tamper over, or what the profile marks as danger',
    'route',
  ),
  settle: key(trust.default('number'), 'What an answer needs to confirm a command', 'route'),
  learn: key(
    whole.pipe(z.number().min(1, 'takes 1 to 100').max(100, 'takes 1 to 100')).default(5),
    'Answers that must have used a route until it is known',
    '5',
  ),
  ask: key(
    table({
      every: key(
        seconds.pipe(z.number().min(60, 'takes at least 1m')).default(600),
        'The device is queried at most once in this time to verify an unverified text',
        '10m',
      ),
      day: key(
        whole.pipe(z.number().min(0, 'takes 0 to 50').max(50, 'takes 0 to 50')).default(5),
        'And at most this often in 24 hours',
        '5',
      ),
    }).prefault({}),
    'How often the device is queried',
    { every: '10m', day: '5' },
  ),
})

/** One word stands for all three levels. */
const trustRules = z.union([
  trust.transform((level) => trustTable.parse({ state: level, danger: level, settle: level })),
  trustTable,
])

const forwardsTable = table({
  text: key(many(forward).default([]), 'Forms of forwarded texts that its profile does not know', [
    'From {from:number}: {inner:text}',
  ]),
  danger: key(
    flag.default(false),
    'Whether a forwarded text may also report what is dangerous, and confirm commands that are',
    'true',
  ),
})

const forwards = z.union([flag.transform((forwards) => (forwards ? forwardsTable.parse({}) : null)), forwardsTable])

/** A device in `smshub.yaml`. Its own messages and commands have the profiles' grammar. */
export const DeviceConfig = table({
  profile: key(text, 'Profile of the device; smshub devices list shows them', 'king-pigeon/rtu5024'),
  number: key(
    many(text)
      .refine((numbers) => numbers.length > 0, 'is missing')
      // Letters make it a sender's name: texts from such a device are received, but none can be sent to it.
      .refine((numbers) => numbers.every((number) => /\p{L}/u.test(number) || isDialable(number)), {
        error: ({ input }) => `must be a phone number like +4915112345678: ${JSON.stringify(input)}`,
      }),
    'Phone number of its SIM, or a list, of sender names and mail addresses, too: texts from all are accepted, commands go to the first that can be dialled',
    '+4915112345678',
  ),
  name: key(text.optional(), 'Display name', 'Front gate'),
  variant: key(text.optional(), 'Variant, where the profile has several', 'classic'),
  dialect: key(
    text.optional(),
    'Words of its firmware, where the profile has several; none: those of the profile. Without it, its texts show which',
    'italian',
  ),
  gateway: key(text.optional(), 'The only gateway to use for it', 'home'),
  settings: key(named(text).default({}), 'Values that the profile needs, like the password of the device', {
    password: '!secret gate',
  }),
  messages: key(additions.messages, 'Texts that the profile does not know', {
    ready: { text: 'System ready', event: 'ready' },
  }),
  commands: key(additions.commands, 'Commands that the profile does not know', {
    beep: { text: 'BEEP', repeat: 'safe' },
  }),
  properties: key(additions.properties, 'Values that the profile does not know', {
    level: { entity: 'sensor', name: 'Level' },
  }),
  timing: key(additions.timing, 'Times that differ from the profile', { reply: '60s' }),
  time_zone: key(
    text.refine(isZone, 'is not a time zone: use a name like Europe/Berlin, or +02:00').optional(),
    'Time zone of the times in its texts',
    'Europe/Berlin',
  ),
  expected: key(
    z.union([never, seconds]).optional(),
    'Longest time between two texts of it; after that it is unavailable. none: never',
    '26h',
  ),
  poll: key(z.union([never, seconds]).optional(), 'How often its state is queried, or none', '6h'),
  valid_for: key(seconds.optional(), 'How long a command may wait until it is sent', '10m'),
  trust: key(
    trustRules.optional(),
    'What proves that a text is its own: number (can be forged), route (same route as its answers), secret (contains its code, or answers a query). One word for all, or single ones',
    'secret',
  ),
  forwards: key(
    forwards.optional(),
    'It forwards texts of other devices here, which are read as theirs: true where its profile knows the form, or the form',
    { text: 'From {from:number}: {inner:text}' },
  ),
  alarms: key(
    flag.optional(),
    'Whether words of alarm (SOS, fire, burglary, power failure) anywhere in a text of it are an alarm. Without it, where its profile is that of a tracker or an alarm panel, or names an alarm',
    'true',
  ),
  unproven: key(flag.default(false), 'Allow commands that no manual proves', 'true'),
  homeassistant: key(homeassistant.prefault({}), 'How Home Assistant shows the device; false announces nothing of it', {
    area: 'Garage',
    entities: { battery: { icon: 'mdi:car-battery' }, command_restart: 'false' },
  }),
})
export type DeviceConfig = z.output<typeof DeviceConfig>
