import * as z from 'zod'
import { DeviceConfig } from '../device/device-config.ts'
import { dialectNames } from '../message/dialect-names.ts'
import { roles } from '../message/rights.ts'
import { idPattern, reservedIds } from '../message/topics.ts'
import { didYouMean } from '../util/nearest.ts'
import { isNetwork } from '../util/networks.ts'
import { Broker } from './broker-config.ts'
import { clash } from './foreign-topics.ts'
import { Gateway } from './gateway-config.ts'
import { MailSection } from './mail-config.ts'
import { flag, key, limit, list, listen, number } from './scalars.ts'
import { exampleHash, SmppServerSection } from './smppserver-config.ts'

const id = z.string().refine((value) => idPattern.test(value) && !reservedIds.includes(value), {
  error: `a name must be small letters, digits, _ and -, at most 63, and none of ${reservedIds.join(', ')}`,
})

const baseTopic = z.string().refine((value) => /^[^+#$\s/][^+#\s]*$/.test(value) && !value.endsWith('/'), {
  error: 'must be a topic without wildcards, blanks and outer slashes',
})

const file = z.string().min(1).optional()

const Mqtt = z
  .strictObject({
    base_topic: key(baseTopic.default('smshub'), 'First level of all topics of the hub', 'smshub'),
    server: key(
      z
        .string()
        .regex(/^(mqtts?|wss?|tcp|tls|ssl):\/\/[^/]/, 'must be a URL like mqtt://broker.lan:1883')
        .optional(),
      'The broker to connect to; without it the hub is a broker itself',
      'mqtt://broker.lan:1883',
    ),
    username: key(z.string().optional(), 'User of the hub at that broker', 'smshub'),
    password: key(z.string().optional(), 'Its password', '!secret mqtt'),
    ca: key(file, 'PEM file of the authority that signed the certificate of the broker (mqtts://)', 'ca.pem'),
    cert: key(file, 'PEM file of a certificate of the hub, where the broker requires one', 'hub.pem'),
    key: key(file, 'PEM file of the key of that certificate', 'hub.key'),
    client_id: key(
      z.string().min(1).max(128).optional(),
      'Client id of the hub; the broker keeps messages for it',
      'smshub',
    ),
    response_topics: key(
      z
        .array(z.string().regex(/^(?:(?:[^+#/\0]*|\+)\/)*(?:[^+#/\0]+|\+|#)$/, 'must be a topic filter like panel/#'))
        .default([]),
      'Topics where clients may have answers published (MQTT 5 response topic), in addition to <base_topic>/reply/#',
      ['panel/#'],
    ),
    identity: key(
      z.enum(['none', 'topic']).default('none'),
      'topic: commands are accepted below <base_topic>/as/<user>/ only, where the ACL of the broker identifies the user',
      'none',
    ),
    protocol: key(
      z
        .enum(['4', '5'])
        .or(z.literal([4, 5]).transform(String))
        .transform((version) => Number(version) as 4 | 5)
        .optional(),
      'MQTT version to try first: 5, or 4 for 3.1.1; a version that the broker refuses is not tried again',
      '5',
    ),
    broker: key(Broker, 'The broker of the hub itself, where mqtt.server is not set', { listen: '127.0.0.1:1883' }),
  })
  .prefault({})

const Limits = z
  .strictObject({
    gateway_per_day: key(
      limit.optional(),
      'Segments per day and gateway; without it 200, or four times the number of devices where that is more',
      '200',
    ),
    device_per_day: key(limit.default(30), 'Segments per day to one device or number', '30'),
    client_per_hour: key(limit.default(60), 'Commands per hour of one MQTT client', '60'),
    device_queue: key(
      number({ min: 1, integer: true }).default(100),
      'Commands that may wait for one device, and as many for later',
      '100',
    ),
    client_queue: key(
      number({ min: 1, integer: true }).default(10_000),
      'Commands of one MQTT client that may wait, and as many for later',
      '10000',
    ),
  })
  .prefault({})

/** The whole `smshub.yaml`. Unknown keys are errors. */
export const Config = z
  .strictObject({
    version: key(number({ min: 1, max: 1, integer: true }).default(1), 'Version of this format', '1'),
    mqtt: key(Mqtt, 'Where clients publish and subscribe', { server: 'mqtt://broker.lan:1883' }),
    gateways: key(z.record(id, Gateway).default({}), 'Modems, by names of your choice', {
      home: { type: 'modem' },
    }),
    routes: key(
      z
        .array(
          z.strictObject({
            prefix: key(
              z
                .string()
                .regex(/^\+?\d+$/, 'must be the beginning of a number, like +49')
                .optional(),
              'Numbers with this prefix; without it all others',
              '+49',
            ),
            gateways: key(z.array(id).min(1), 'Gateways that may be used for them', ['home']),
            choose: key(
              z.enum(['share', 'order', 'cost']).default('share'),
              'Which of them: by their weights, the first one that is there, or the cheapest one that is there',
              'order',
            ),
          }),
        )
        .default([]),
      'Which gateway is used for which numbers; without routes, any',
      [{ prefix: '+49', gateways: ['home'] }],
    ),
    devices: key(z.record(id, DeviceConfig).default({}), 'Devices, by names of your choice, which are their topics', {
      gate: { profile: 'king-pigeon/rtu5024', variant: 'classic', number: '+4915112345678' },
    }),
    contacts: key(
      z.record(z.string().min(1), z.union([z.string().min(1), z.array(z.string().min(1)).min(1)])).default({}),
      'People who may be sent texts: name and number, or a group as a list of names and numbers',
      { mum: '+4915112345699', dad: '+4915112345698', family: ['mum', 'dad'] },
    ),
    sms: z
      .strictObject({
        destinations: key(
          z.enum(['registered', 'any']).default('registered'),
          'registered: texts go to devices and contacts only; any: to every number',
          'registered',
        ),
        unknown_senders: key(
          z.enum(['publish', 'drop']).default('publish'),
          'What happens to texts from numbers that are neither a device nor a contact',
          'publish',
        ),
        region: key(
          z
            .string()
            .regex(/^[A-Z]{2}$/, 'must be a country code of two capital letters like DE')
            .optional(),
          'Country of numbers without a country code',
          'DE',
        ),
      })
      .prefault({}),
    requests: z
      .strictObject({
        add_devices: key(
          flag.default(false),
          'Allow requests over MQTT to add devices and to change the numbers of devices',
          'true',
        ),
        allowed_prefixes: key(
          z
            .array(z.string().regex(/^\+\d+$/, 'must be the beginning of a number with its country code, like +49'))
            .min(1)
            .optional(),
          'Prefixes that numbers of devices added over MQTT must have; without it, any number is allowed',
          ['+49'],
        ),
      })
      .prefault({}),
    limits: key(Limits, 'How much may be sent, so that a mistake does not cost a fortune', { device_per_day: '30' }),
    compat: z
      .strictObject({
        sms2mqtt: key(
          z
            .strictObject({ prefix: key(baseTopic.default('sms2mqtt'), 'First level of these topics', 'sms2mqtt') })
            .optional(),
          'Also offer the topics of sms2mqtt',
          { prefix: 'sms2mqtt' },
        ),
      })
      .prefault({}),
    homeassistant: z
      .strictObject({
        discovery: key(
          z.enum(['device', 'components', 'none']).default('device'),
          'How devices are announced to Home Assistant: device (2024.12 or newer), components (older), none',
          'device',
        ),
        prefix: key(baseTopic.default('homeassistant'), 'The discovery prefix of Home Assistant', 'homeassistant'),
        status_topic: key(
          baseTopic.optional(),
          'Where Home Assistant publishes its birth message; without it <prefix>/status',
          'homeassistant/status',
        ),
      })
      .prefault({}),
    http: z
      .strictObject({
        listen: key(
          listen.prefault('127.0.0.1:8080'),
          'Address of the page, of the REST interface /v1, of /healthz and /metrics',
          '127.0.0.1:8080',
        ),
        enabled: key(flag.default(true), 'Whether they are served', 'true'),
        url: key(
          z
            .string()
            .regex(/^https?:\/\/[^/?#\s]+(?:\/[^?#\s]*)?$/, 'must be a URL like https://hub.lan:8080/')
            .optional(),
          'Where people open the page; with it, devices in Home Assistant link to their pages',
          'http://hub.lan:8080/',
        ),
        ingress: key(
          z
            .strictObject({
              listen: key(listen.prefault('0.0.0.0:8099'), 'Where the Supervisor finds the page', '0.0.0.0:8099'),
              from: key(
                list(z.string().refine(isNetwork, { error: 'must be an address or a network' })).default([
                  '172.30.32.2',
                ]),
                'The Supervisor: nobody else is answered',
                ['172.30.32.2'],
              ),
              url: key(
                z
                  .string()
                  .regex(/^homeassistant:\/\/app\/[\w-]+$/, 'must be like homeassistant://app/local_smshub')
                  .optional(),
                'Where Home Assistant shows the page; without http.url, its devices link to their pages there',
                'homeassistant://app/local_smshub',
              ),
              admins: key(
                list(z.string().min(1)).default([]),
                'Users of Home Assistant who are administrators of the hub, by their user names or ids there',
                ['ann'],
              ),
              role: key(
                z.enum(roles).default('operator'),
                'Of everybody else who is signed in to Home Assistant, administrators there included',
                'reader',
              ),
              roles: key(z.record(z.string(), z.enum(roles)).default({}), 'Of single users, by their ids there', {
                '0123456789abcdef0123456789abcdef': 'admin',
              }),
            })
            .optional(),
          "A second address for Home Assistant's ingress, without a password: the Supervisor names the user",
          { admins: ['ann'] },
        ),
        map: key(
          z
            .strictObject({
              tiles: key(
                z
                  .string()
                  .regex(
                    /^https?:\/\/[^/?#\s{}]+\/[^\s]*\{z\}[^\s]*\{x\}[^\s]*\{y\}[^\s]*$/,
                    'must be a URL with {z}, {x} and {y} in it',
                  ),
                'Where the page has pictures of the map from',
                'https://tiles.example.org/{z}/{x}/{y}.png',
              ),
              attribution: key(z.string().min(1), 'Whose map it is, as its owner wants it to be named', '© Example'),
            })
            .optional(),
          'A map behind the positions of devices; without it, none but the outline of the land is shown, and nobody is asked',
          { tiles: 'https://tiles.example.org/{z}/{x}/{y}.png', attribution: '© Example' },
        ),
        hosts: key(list(z.string().min(1)).default([]), 'Host names under which other machines may access it', [
          'hub.example.org',
        ]),
        proxies: key(
          list(
            z.string().refine(isNetwork, { error: 'must be an address or a network, like 127.0.0.1 or 10.0.0.0/8' }),
          ).default([]),
          'Reverse proxies of yours, whose X-Forwarded-For names the client; while no password is set, none of their requests count as made on this machine',
          ['127.0.0.1'],
        ),
        origins: key(
          list(
            z.string().regex(/^https?:\/\/[^/?#\s]+$/, 'must be a scheme and a host, like https://app.example.org'),
          ).default([]),
          'Origins of web pages elsewhere that may use the REST interface, with a key',
          ['https://app.example.org'],
        ),
        dialects: key(
          list(z.enum(dialectNames)).default([]),
          `Interfaces of other programs that are answered as well: ${dialectNames.join(', ')}`,
          ['smseagle', 'alertmanager'],
        ),
      })
      .prefault({}),
    webhooks: z
      .strictObject({
        allow_networks: key(
          list(
            z
              .string()
              .refine(isNetwork, { error: 'must be an address or a network, like 192.168.1.5 or 192.168.1.0/24' }),
          ).default([]),
          'Networks of webhooks beside public addresses, also without https: those at home. This machine (127.0.0.0/8), link-local addresses and the Supervisor (172.30.32.0/23) only by a network within theirs',
          ['192.168.1.0/24'],
        ),
        ca: key(file, 'PEM file of an authority of your own that signs their certificates', 'ca.pem'),
      })
      .prefault({}),
    mail: key(
      z.preprocess((given) => (given === null ? {} : given), MailSection.optional()),
      'Take reports that devices send as mails; without it, none are taken',
      { listen: '0.0.0.0:2525', networks: ['192.168.1.20'] },
    ),
    smppserver: key(
      SmppServerSection.optional(),
      'Let other systems bind by SMPP 3.4 and use the gateways; without it, none can',
      { users: { acme: { password: exampleHash } } },
    ),
    data: key(z.string().min(1).default('./data'), 'Folder of the data, relative to this file', './data'),
    log: z
      .strictObject({
        level: key(
          z.enum(['error', 'warn', 'info', 'debug', 'trace']).default('info'),
          'Level of the log on standard error',
          'info',
        ),
        format: key(
          z.enum(['auto', 'pretty', 'json']).default('auto'),
          'auto is pretty on a terminal and JSON elsewhere',
          'json',
        ),
        mqtt: key(
          z.enum(['none', 'error', 'warn', 'info', 'debug']).default('none'),
          'Level of the lines published on bridge/logging',
          'warn',
        ),
      })
      .prefault({}),
  })
  .superRefine(({ mqtt, compat, homeassistant, gateways, routes }, context) => {
    if (mqtt.identity === 'topic' && mqtt.server === undefined)
      context.addIssue({
        code: 'custom',
        path: ['mqtt', 'identity'],
        message: 'topic is for a broker under mqtt.server; the embedded broker knows its users by their passwords',
      })
    const shared = clash({ mqtt, compat, homeassistant }, null)
    if (shared !== null)
      context.addIssue({
        code: 'custom',
        path: shared.key.split('.'),
        message: `${shared.topic} is a topic of the hub itself; use one that is not below ${mqtt.base_topic}`,
      })
    routes.forEach((route, i) => {
      route.gateways.forEach((id, j) => {
        if (!Object.hasOwn(gateways, id))
          context.addIssue({
            code: 'custom',
            path: ['routes', i, 'gateways', j],
            message: `there is no gateway "${id}"${didYouMean(id, Object.keys(gateways))}`,
          })
      })
    })
  })

export type Config = z.infer<typeof Config>
export type { GatewayConfig } from './gateway-config.ts'
