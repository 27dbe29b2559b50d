import { copyFileSync, existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { checkConfig } from '../../src/cli/config.ts'
import { loadConfig } from '../../src/config/load.ts'
import { makeDevices } from '../../src/config/make-devices.ts'
import { ProfileFiles } from '../../src/config/profiles.ts'
import { Fault } from '../../src/message/fault.ts'
import { makeCertificates } from '../support/certificates.ts'
import { temporaryFolder } from '../support/folder.ts'

const base = `mqtt: { broker: { listen: "127.0.0.1:24010" } }
http: { listen: "127.0.0.1:24081" }
gateways:
  home: { type: modem, path: "tcp://127.0.0.1:24199" }
devices:
  gate:
    profile: king-pigeon/rtu5024
    variant: classic
    number: "+4915112345678"
    settings: { password: !secret gate }
contacts: { mum: "+4915112345699" }
sms: { region: DE }
`
const hash = 'scrypt:15:8:1:ry8fwleyJO_9PyhtHzR70A:ZgEYnfbPfik66p7DXBsKVp_K8dxIN19m7efeVMbbHIs'
const user = (row: string) => base.replace('24010"', `24010", users: { me: { password: "${hash}", ${row} } }`)
const number = (text: string, more = base) => more.replace('"+4915112345678"', text)
const dialect = (prefix: string) => `${base}compat: { sms2mqtt: { prefix: ${prefix} } }\n`
const noRegion = base.replace('sms: { region: DE }\n', '')
const bomb = `a: &a [x,x,x,x,x,x,x,x,x,x]\n${'bcdefg'
  .split('')
  .map((name, i) => `${name}: &${name} [${Array(10).fill(`*${'abcdef'[i]}`).join(',')}]`)
  .join('\n')}\n`

interface Said {
  readonly error: string
  readonly warnings: string
}

/** What is said of a configuration, from its text to its devices. */
function check(yaml: string | Uint8Array, secrets: string | null, env: Record<string, string> = {}): Said {
  const cwd = temporaryFolder()
  writeFileSync(join(cwd, 'smshub.yaml'), yaml)
  if (secrets !== null) writeFileSync(join(cwd, 'secrets.yaml'), secrets)
  const short = (text: string) => text.replaceAll(`${cwd}/`, '')
  try {
    const { config, warnings } = loadConfig({ env, cwd })
    makeDevices(config, new ProfileFiles(join(cwd, 'data/devices')))
    return { error: '', warnings: short(warnings.join('\n')) }
  } catch (error) {
    expect(error).toBeInstanceOf(Fault)
    return { error: short((error as Error).message), warnings: '' }
  }
}

/** Words of the libraries that nobody who writes a configuration knows. */
const jargon =
  /\b(expected \w+, received|Invalid option|Invalid input|discriminator|record|Infinity|NaN|union|undefined|null|object|ENOENT|implicit|mapping|alias count|scalar)\b/

const swap = (from: string, to: string) => {
  expect(base).toContain(from)
  return base.replace(from, to)
}

describe('a mistake in smshub.yaml is refused with its line and the fix:', () => {
  test.each<[string, string | Uint8Array, RegExp]>([
    ['a line that is indented too little', swap('    variant', '  variant'), /^smshub.yaml:8: .*indented/],
    ['a line that is indented one blank more', swap('    variant', '     variant'), /^smshub.yaml:7: .*indented/],
    ['a tab', swap('    variant', '\tvariant'), /^smshub.yaml:8: .*tab: use blanks/],
    ['a colon without a blank', swap('variant: classic', 'variant:classic'), /:8: .*a colon needs a blank/],
    ['a quote that is not closed', swap('"+4915112345699"', '"+4915112345699'), /not closed/],
    ['a bracket that is not closed', `${base}log: { level: info\n`, /not closed/],
    ['a value that begins with @', `${base}log: { level: @info }\n`, /:13: .*quotes/],
    ['a value that begins with *', `${base}log: { level: *info }\n`, /\*info .*quotes/],
    ['a backslash in double quotes', swap('"tcp://127.0.0.1:24199"', '"C:\\modem"'), /:4: .*single quotes/],
    ['two documents', `${base}---\n${base}`, /one file holds one/],
    ['a tag that is not known', swap('!secret gate', '!secrte gate'), /:10: .*!secret and !env/],
    ['a list for the whole file', '- gateways\n', /^smshub.yaml: must be a table of keys; for example devices:/],
    ['a word for the whole file', 'hello\n', /^smshub.yaml: must be a table of keys/],
    ['a plus that was forgotten', number('"4915112345678"'), /:9: .*did you mean "\+4915112345678"/],
    ['a plus that was forgotten, no region', number('"4915112345678"', noRegion), /did you mean "\+4915112345678"/],
    ['a plus that was forgotten, abroad', number('"447911123456"'), /did you mean "\+447911123456"/],
    ['a national number, no region', number('"015112345678"', noRegion), /sms: \{ region: DE \}/],
    ['a number with letters', number('"+49 151 CALLME"'), /:9: .*letters.*write the digits/],
    ['a number in smart quotes', number('“+4915112345678”'), /phone number like \+49/],
    ['a number with too many digits', number('"+49151123456789012"'), /like \+49/],
    ['a zero for the country code', number('"+0151123456789"'), /like \+49/],
    ['a contact without its plus', swap('"+4915112345699"', '"4915112345699"'), /contacts.mum: .*did you mean/],
    ['a contact that is an emergency number', swap('"+4915112345699"', '"112"'), /contacts.mum: .*emergency number/],
    ['one with a country code', swap('"+4915112345699"', '"+49112"'), /contacts.mum: /],
    [
      'a contact that diverts calls',
      swap('"+4915112345699"', '"*21*0900123456#"'),
      /contacts.mum: .*code for the network/,
    ],
    ['one in a group', swap('"+4915112345699"', '[ "112" ]'), /contacts.mum: .*emergency number/],
    ['a device that is an emergency number abroad', swap('"+4915112345678"', '"+44999"'), /number/],
    ['a contact that is a name', swap('"+4915112345699"', '"MUM"'), /contacts.mum: .*nothing can be sent/],
    [
      "a SIM's number without its plus",
      swap('type: modem', 'type: modem, number: "4915112345600"'),
      /home.number: .*did you mean/,
    ],
    ['mails of everybody', `${base}mail: { listen: 0.0.0.0:2525 }\n`, /mail.listen: .*add users: or networks:/],
    [
      'users who cannot log in',
      `${base}mail: { listen: 0.0.0.0:2525, users: { cam: { password: "${hash}", devices: gate } } }\n`,
      /mail.users: .*add cert: and key:, or clear_passwords/,
    ],
    [
      'a password in clear text',
      `${base}mail: { users: { cam: { password: sesame, devices: gate } } }\n`,
      /smshub hash-password/,
    ],
    [
      'a gateway with the name of mails',
      swap('home:', 'mail:').replace('contacts', 'mail: {}\ncontacts'),
      /gateways.mail: .*another name/,
    ],
    ['a profile that is spelt wrong', swap('rtu5024', 'rut5024'), /did you mean "king-pigeon\/rtu5024"/],
    ['a profile without its maker', swap('king-pigeon/rtu5024', 'rtu5024'), /did you mean "king-pigeon\/rtu5024"/],
    ['a profile by its model', swap('king-pigeon/rtu5024', 'Badodo G200'), /did you mean "king-pigeon\/rtu5024"/],
    ['a profile with .yaml', swap('rtu5024', 'rtu5024.yaml'), /did you mean "king-pigeon\/rtu5024"/],
    ['a path for a profile', swap('king-pigeon/rtu5024', '../../etc/passwd'), /smshub devices list/],
    ['a variant that is spelt wrong', swap('classic', 'clasic'), /no variant "clasic": use "variant: classic"/],
    ['a variant that is missing', swap('    variant: classic\n', ''), /choose "variant: classic"/],
    ['a password of letters', swap('!secret gate', 'abcd'), /"password" takes digits/],
    ['a setting that is spelt wrong', swap('password:', 'passwort:'), /did you mean "password"/],
    ['a PIN of three digits', swap('type: modem', 'type: modem, pin: 123'), /pin: must be 4 to 8 digits/],
    [
      'a type that is spelt wrong',
      swap('type: modem', 'type: modm'),
      /modem, smpp, http, hilink, modemmanager, simulated, not "modm"; did you mean "modem"/,
    ],
    [
      'a type that is missing',
      swap('type: modem, ', ''),
      /home.type: is missing: it is one of modem, smpp, http, hilink, modemmanager, simulated/,
    ],
    ['a dialect where texts are sent', dialect('smshub/sms'), /prefix: smshub\/sms\/send is a topic of the hub itself/],
    ['a dialect below sms/send', dialect('smshub/sms/send'), /smshub\/sms\/send\/send is a topic of the hub itself/],
    ['a dialect where requests are', dialect('smshub/bridge/request'), /bridge\/request\/send is a topic of the hub/],
    ['a dialect where gateways are', dialect('smshub/gateway'), /gateway\/send is a topic of the hub itself/],
    [
      'a dialect below several levels',
      dialect('a/b/sms/send').replace('broker:', 'base_topic: a/b, broker:'),
      /a\/b\/sms/,
    ],
    ['a dialect with the name of a device', dialect('smshub/gate'), /device gate: smshub\/gate\/send would be its/],
    [
      'a dialect in a command',
      dialect('smshub/gate/command'),
      /device gate: smshub\/gate\/command\/send .*compat.sms2/,
    ],
    [
      'a device called as a topic of the dialect',
      dialect('smshub').replace('  gate:', '  received:'),
      /device received: smshub\/received would be its topic/,
    ],
    [
      'a device where Home Assistant says that it has started',
      base.replace('broker:', 'base_topic: homeassistant, broker:').replace('  gate:', '  status:'),
      /device status: homeassistant\/status .*homeassistant.status_topic/,
    ],
    [
      'a birth message where a command is',
      `${base}homeassistant: { status_topic: smshub/gate/set }\n`,
      /device gate: smshub\/gate\/set would be/,
    ],
    [
      "a birth message that is the hub's own state",
      `${base}homeassistant: { status_topic: smshub/bridge/state }\n`,
      /status_topic: smshub\/bridge\/state is a topic of the hub itself/,
    ],
    ['a key that is spelt wrong', `${base}devises: {}\n`, /:13: unknown key "devises"; did you mean "devices"/],
    ['a key of a device', swap('variant:', 'varient:'), /:8: .*unknown key "varient"; did you mean "variant"/],
    ['a key of a gateway', swap('type: modem', 'type: modem, pinn: 1234'), /unknown key "pinn"; did you mean "pin"/],
    ['a key twice', `${base}devices: {}\n`, /:13: the key "devices" is repeated/],
    ['an id with blanks', swap('  gate:', '  Front Gate:'), /:7: .*small letters/],
    ['an id with an umlaut', swap('  gate:', '  tür:'), /small letters/],
    ['a secret that is not there', swap('!secret gate', '!secret gat'), /:10: .*did you mean "gate"/],
    ['a secret called constructor', swap('!secret gate', '!secret constructor'), /:10: .*add a line constructor: "…"/],
    ['a variable that is not set', swap('!secret gate', '!env NO_SUCH_VARIABLE'), /NO_SUCH_VARIABLE is not set/],
    ['!secret in quotes', swap('!secret gate', '"!secret gate"'), /:10: write !secret gate without the quotes/],
    ['!env in single quotes', swap('!secret gate', "'!env GATE'"), /:10: write !env GATE without the quotes/],
    [
      'a list for devices',
      swap('  gate:\n    profile', '  - id: gate\n    profile'),
      /devices: must be a table of keys, not a list; for example devices: \{ gate:/,
    ],
    [
      'a list for contacts',
      swap('{ mum: "+4915112345699" }', '["+4915112345699"]'),
      /contacts: must be a table of keys, not a list; for example contacts: \{ mum:/,
    ],
    ['a list for gateways', swap('  home: {', '  - {'), /gateways: must be a table of keys, not a list/],
    [
      'a table for routes',
      `${base}routes: { "+49": home }\n`,
      /routes: must be a list, not a table of keys; for example/,
    ],
    [
      'a gateway without anything',
      `${noRegion}sms:\n  region: DE\n`.replace('{ type: modem, path: "tcp://127.0.0.1:24199" }', ''),
      /gateways.home/,
    ],
    [
      'a gateway that is only a word',
      swap('{ type: modem, path: "tcp://127.0.0.1:24199" }', 'modem'),
      /home: must be a table of keys, not "modem"/,
    ],
    ['a route to no gateway', `${base}routes:\n  - { prefix: "+49", gateways: [hom] }\n`, /did you mean "home"/],
    [
      'a route to constructor',
      `${base}routes:\n  - { gateways: [constructor] }\n`,
      /there is no gateway "constructor"/,
    ],
    [
      'a gateway of a device',
      swap('    variant', '    gateway: hom\n    variant'),
      /no gateway "hom"; did you mean "home"/,
    ],
    [
      'a gateway called constructor',
      swap('    variant', '    gateway: constructor\n    variant'),
      /no gateway "constructor"/,
    ],
    [
      'a broker without its scheme',
      swap('broker: { listen: "127.0.0.1:24010" }', 'server: 192.168.1.2'),
      /like mqtt:\/\/broker.lan:1883/,
    ],
    ['a port that is too high', swap('24010', '99999'), /up to 65535/],
    ['a password instead of its hash', user('role: admin').replace(hash, 'hunter2'), /smshub hash-password/],
    ['a role that is none', user('role: root'), /reader, operator, home_assistant, admin, not "root"/],
    ['an address for everybody', swap('127.0.0.1:24010', '0.0.0.0:24010'), /add users:/],
    ['a negative limit', `${base}limits: { gateway_per_day: -5 }\n`, /a whole number of at least 1, or none, not "-5"/],
    ['a limit in words', `${base}limits: { gateway_per_day: many }\n`, /gateway_per_day: must be a whole number/],
    ['a limit with a unit', `${base}limits: { gateway_per_day: 5/day }\n`, /gateway_per_day: must be a whole number/],
    ['a region in small letters', swap('DE', 'de'), /two capital letters like DE/],
    ['a region by its name', swap('DE', 'Germany'), /two capital letters like DE/],
    ['a region that is none', swap('DE', 'UK'), /did you mean "GB"/],
    [
      'a certificate that is not there',
      swap('24010"', '24010", tls: { cert: no.pem, key: no.key }'),
      /tls.cert: there is no file no.pem/,
    ],
    [
      'an authority that is not there',
      swap('broker: { listen: "127.0.0.1:24010" }', 'server: mqtts://x, ca: no.pem'),
      /mqtt.ca: there is no file no.pem/,
    ],
    [
      'an authority of webhooks that is not there',
      `${base}webhooks: { ca: no.pem }\n`,
      /webhooks.ca: there is no file no.pem/,
    ],
    [
      'a network that is too narrow',
      `${base}webhooks: { allow_networks: [192.168.1.0/33] }\n`,
      /webhooks.allow_networks.0: must be an address or a network, like 192.168.1.5 or/,
    ],
    [
      'a network that is a name',
      `${base}webhooks: { allow_networks: homeassistant.local }\n`,
      /webhooks.allow_networks: must be an address or a network/,
    ],
    [
      'a certificate that is none',
      swap('24010"', '24010", tls: { cert: smshub.yaml, key: secrets.yaml }'),
      /is not a PEM file/,
    ],
    ['a log level that is none', `${base}log: { level: verbose }\n`, /info, debug, trace, not "verbose"/],
    ['a time in words', swap('    variant', '    poll: often\n    variant'), /30m or 26h/],
    ['a time zone in words', swap('    variant', '    time_zone: Berlin\n    variant'), /Europe\/Berlin/],
    [
      'a pattern with a hole that is none',
      swap('    variant', '    messages: { foo: { text: "X {y:nosuch}" } }\n    variant'),
      /nosuch/,
    ],
    ['a wildcard in the base topic', swap('broker:', 'base_topic: "sms/#", broker:'), /without wildcards/],
    ['an alias bomb', bomb, /aliases/],
    ['a device called __proto__', swap('  gate:', '  __proto__:'), /:6: "__proto__" can't be a name/],
    ['a contact called __proto__', swap('mum:', '__proto__:'), /"__proto__" can't be a name/],
    ['a gateway called __proto__', swap('  home:', '  __proto__:'), /"__proto__" can't be a name/],
    ['a file in latin1', Buffer.from(base.replace('mum', 'müm'), 'latin1'), /:11: .*save the file as UTF-8/],
    [
      'a file in UTF-16',
      Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(base, 'utf16le')]),
      /UTF-16: save it as UTF-8/,
    ],
    [
      'the host of a broker',
      `${base}homeassistant: {}\n`.replace('mqtt: {', 'mqtt: { host: a,'),
      /server: mqtt:\/\/host/,
    ],
    [
      'the port of a broker',
      base.replace('mqtt: {', 'mqtt: { port: 1883,'),
      /after the host: server: mqtt:\/\/host:1883/,
    ],
    [
      'a form of forwarded texts',
      swap('    variant', '    forwards: { text: "Fw ({from:number}): {inner:text}" }\n    variant'),
      /^smshub.yaml:8: devices.gate.forwards.text.0: .* write \\\( for the character \(character 4\)[^\n]*$/,
    ],
    [
      'a form without the text',
      swap('    variant', '    forwards: { text: ["Fw {from:number}"] }\n    variant'),
      /^smshub.yaml:8: devices.gate.forwards.text.0: needs \{from:number\} and \{inner:text\}[^\n]*$/,
    ],
    [
      'a level of trust',
      swap('    variant', '    trust: secrets\n    variant'),
      /^smshub.yaml:8: devices.gate.trust: must be one of number, route, secret, not "secrets".*did you mean "secret"\?[^\n]*$/,
    ],
    [
      'false for what Home Assistant shows',
      swap('    variant', '    homeassistant: flase\n    variant'),
      /must be false, not "flase", or a table of keys; did you mean "false"/,
    ],
    [
      'false for one entity',
      swap('    variant', '    homeassistant: { entities: { battery: flase } }\n    variant'),
      /entities.battery: must be false, not "flase", or a table of keys; did you mean "false"/,
    ],
    ['none for a time', swap('    variant', '    poll: nonee\n    variant'), /or none; did you mean "none"/],
    ['none for an address', swap('127.0.0.1:24010', 'noen'), /host:port .*or none; did you mean "none"/],
    [
      'a key of a table that may be a word too',
      swap('type: modem', 'type: modem, balance: { usd: "*100#", evry: 2 }'),
      /balance.ussd: is missing.*\n.*unknown key "usd"; did you mean "ussd"\?\n.*unknown key "evry"; did you mean "every"/,
    ],
    [
      'a route prefix with a zero behind its plus',
      `${base}routes: [{ prefix: "+049", gateways: [home] }]\n`,
      /write "\+49"/,
    ],
    ['the same for devices that are added', `${base}requests: { allowed_prefixes: ["+0049"] }\n`, /write "\+49"/],
    [
      'webhooks of a carrier that is not given an address',
      `${base}`.replace('gateways:', 'gateways:\n  c: { type: http, carrier: seven, secret: x, webhooks: true }'),
      /gateways.c.webhooks: .*set http.url/,
    ],
    ['!secret without a name', swap('!secret gate', '!secret'), /:10: !secret: the name .* is missing after it/],
    ['!env without a name', swap('!secret gate', '!env'), /:10: !env: the name .* is missing after it/],
    ['a comma between two keys', swap('modem, path', 'modem path'), /:4: .*a comma is missing/],
    [
      'a comma behind quotes',
      swap('{ region: DE }', '{ region: "DE" destinations: any }'),
      /:12: .*a comma is missing/,
    ],
    ['a comma at the end of a line', swap('modem, path', 'modem\n    path'), /:4: .*a comma is missing/],
    ['a comma in a list', swap('"+4915112345699"', '["+4915112345699" "+4915112345698"]'), /:11: .*a comma is missing/],
    ['the user of a broker', base.replace('mqtt: {', 'mqtt: { user: me,'), /did you mean "username"/],
  ])('%s', (_what, yaml, fix) => {
    const { error } = check(yaml, 'gate: "1234"\n')
    expect(error).toMatch(fix)
    expect(error).not.toMatch(jargon)
  })

  test.each<[string, string | null, RegExp]>([
    [
      'is not there',
      null,
      /smshub.yaml:10: !secret gate: there is no file secrets.yaml: make it, with a line gate: "…"/,
    ],
    ['has a quote that is not closed', 'gate: "1234\n', /^secrets.yaml:\d: .*not closed/],
    ['has a table where a text stands', 'gate: { password: 1234 }\n', /gate must be a text; for example gate: "1234"/],
    ['has a list', '- 1234\n', /^secrets.yaml: must be a table of keys/],
    ['has !secret in it', 'gate: !secret other\n', /must be a literal value/],
  ])('secrets.yaml %s', (_what, secrets, fix) => {
    const { error } = check(base, secrets)
    expect(error).toMatch(fix)
    expect(error).not.toMatch(jargon)
  })

  test.each<[Record<string, string>, RegExp]>([
    [{ SMSHUB_MQTT__SEVER: 'mqtt://x' }, /unknown key "sever"; did you mean "server"/],
    [{ SMSHUB_MQTT__PASSWORD_FILE: '/nope' }, /SMSHUB_MQTT__PASSWORD_FILE: there is no file \/nope/],
    [{ SMSHUB_MQTT__PROTOCOL: '6' }, /mqtt.protocol: must be/],
    [{ SMSHUB_CONSTRUCTOR__NAME: 'x' }, /unknown key "constructor"/],
  ])('in the environment: %j', (env, fix) => {
    const { error } = check(base, 'gate: "1234"\n', env)
    expect(error).toMatch(fix)
    expect(error).not.toMatch(jargon)
  })
})

describe('what may be meant otherwise is warned of, with its line:', () => {
  test.each<[string, string, RegExp]>([
    ['a user for no device', user('role: operator, devices: [gat]'), /smshub.yaml:1: .*did you mean "gate"/],
    [
      'a filter without the base topic',
      user('write: ["gate/#"]'),
      /:1: .*write: "gate\/#" is not below smshub: write smshub\/gate\/#/,
    ],
    ['one for the hub itself', user('read: [bridge/state]'), /read: .*write smshub\/bridge\/state/],
    ['a filter for no device', user('write: ["smshub/gat/#"]'), /there is no device "gat"; did you mean "gate"/],
    [
      'a filter for no topic of a device',
      user('write: [smshub/gate/comand/open]'),
      /no topic "comand" there; did you mean "command"/,
    ],
    ['a filter for what only the hub publishes', user('write: [smshub/gate/result]'), /no topic "result" there/],
    ['a route prefix without its plus', `${base}routes:\n  - { prefix: "49", gateways: [home] }\n`, /write "\+49"/],
    ['a device that is only heard', number('"GATECO"'), /:9: .*nothing can be sent to it/],
    [
      'a foreign number without its plus that could be one of here',
      number('"447700900123"'),
      /"447700900123" is read as \+49447700900123: .*did you mean "\+447700900123"/,
    ],
    ['a number without its zero', number('"15112345678"'), /"15112345678" is read as \+4915112345678/],
    ['a digit too few', number('"+1202555012"'), /a digit too many or too few/],
    ['a zero behind the country code', number('"+49015112345678"'), /did you mean "\+4915112345678"/],
    [
      'devices without a gateway',
      swap('gateways:\n  home: { type: modem, path: "tcp://127.0.0.1:24199" }\n', ''),
      /add gateways:/,
    ],
    [
      'a broker of its own beside another',
      swap('mqtt: {', 'mqtt: { server: "mqtt://127.0.0.1:1",'),
      /mqtt.broker: is not used/,
    ],
    ['a serial port without its folder', swap('"tcp://127.0.0.1:24199"', 'ttyUSB0'), /did you mean "\/dev\/ttyUSB0"/],
    [
      'a contact with the name of a device',
      swap('{ mum:', '{ gate:'),
      /contacts.gate: is the name of a device as well/,
    ],
    ['an empty file', '', /smshub.yaml is empty: it needs gateways: and devices:/],
    ['a file with comments only', '# nothing\n', /smshub.yaml is empty/],
  ])('%s', (_what, yaml, fix) => {
    const { error, warnings } = check(yaml, 'gate: "1234"\n')
    expect(error).toBe('')
    expect(warnings).toMatch(fix)
    expect(warnings).not.toMatch(jargon)
  })
})

describe('what is warned of when the profiles are there:', () => {
  test.each<[string, string, RegExp]>([
    [
      'a command of a user',
      user('role: operator, commands: [opne]'),
      /users.me.commands: .*"opne"; did you mean "open"/,
    ],
    [
      'one that another device has',
      user('role: operator, devices: [gate], commands: [locate]'),
      /none of the devices has a command "locate"/,
    ],
    [
      'an entity',
      swap('    variant', '    homeassistant: { entities: { comand_ring: { name: X } } }\n    variant'),
      /device gate: homeassistant.entities: there is no entity "comand_ring"; did you mean "command_ring"/,
    ],
  ])('%s', (_what, yaml, words) => {
    const cwd = temporaryFolder()
    writeFileSync(join(cwd, 'smshub.yaml'), yaml)
    writeFileSync(join(cwd, 'secrets.yaml'), 'gate: "1234"\n')
    const written: string[] = []
    const stream = { write: (text: string) => written.push(text) }
    const context = { stdout: stream, stderr: stream } as unknown as Parameters<typeof checkConfig>[0]
    expect(checkConfig(context, { env: {}, cwd })).toBe(0)
    expect(written.join('')).toMatch(words)
  })

  test('nothing of users and entities that are right', () => {
    const rights =
      'role: operator, commands: [open], devices: [gate], read: ["smshub/+/event", "panel/#", "#"], write: [smshub/gate/command/open, smshub/sms/send]'
    expect(check(user(rights), 'gate: "1234"\n')).toEqual({ error: '', warnings: '' })
  })
})

describe('what people write is accepted:', () => {
  test.each<[string, string]>([
    ['as it should be', base],
    ['a number without quotes', number('+4915112345678')],
    ['a number with blanks', number('"+49 151 12345678"')],
    ['a national number with a region', number('"0151 12345678"')],
    ['a number with 00', number('"004915112345678"', noRegion)],
    ['an American number with its 1', number('"12025550123"').replace('DE', 'US')],
    ['a short code', number('"77100"', noRegion)],
    ['a long M2M number', number('"+33700123456789"')],
    ['a password with a zero in front', swap('!secret gate', '0123')],
    ['Windows line ends', base.replaceAll('\n', '\r\n')],
    ['a byte order mark', `\ufeff${base}`],
    ['JSON', '{"gateways":{"home":{"type":"modem"}},"devices":{}}'],
    ['a key with nothing below it', `${base}routes:\nlimits:\n`],
    ['a device called constructor', swap('  gate:', '  constructor:')],
    ['a contact that is a device', swap('"+4915112345699"', '"+4915112345678"')],
  ])('%s', (_what, yaml) => {
    expect(check(yaml, 'gate: "0123"\n').error).toBe('')
  })

  test('certificates beside smshub.yaml, wherever the hub is started', () => {
    const { server } = makeCertificates()
    const cwd = temporaryFolder()
    mkdirSync(join(cwd, 'tls'))
    copyFileSync(server.cert, join(cwd, 'tls/server.pem'))
    copyFileSync(server.key, join(cwd, 'tls/server.key'))
    writeFileSync(
      join(cwd, 'smshub.yaml'),
      'mqtt: { broker: { tls: { cert: tls/server.pem, key: tls/server.key } } }\n',
    )
    const { config } = loadConfig({ config: join(cwd, 'smshub.yaml'), env: {}, cwd: '/' })
    expect(existsSync(config.mqtt.broker.tls?.cert ?? '')).toBe(true)
  })
})
