// What the image runs. Under Home Assistant's Supervisor the app's options and the broker's credentials become the
// hub's environment; anywhere else the program starts as it is.
import {
  chmodSync,
  existsSync,
  lchownSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  statSync,
} from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'

const { env } = process
const supervisor = env.SUPERVISOR_URL ?? 'http://supervisor'
const optionsFile = env.SMSHUB_APP_OPTIONS ?? '/data/options.json'
const configFolder = env.SMSHUB_APP_CONFIG ?? '/config'
const runAs = env.SMSHUB_RUN_AS ?? 'node'
for (const name of ['SMSHUB_APP_OPTIONS', 'SMSHUB_APP_CONFIG', 'SMSHUB_RUN_AS']) delete env[name]

if (env.SUPERVISOR_TOKEN) await takeOptions()
dropRights()
await import('../dist/main.js')

async function takeOptions() {
  const options = existsSync(optionsFile) ? JSON.parse(readFileSync(optionsFile, 'utf8')) : {}
  const file = join(configFolder, 'smshub.yaml')
  if (existsSync(file)) env.SMSHUB_CONFIG ??= file
  for (const { id, port, pin, number } of options.modems ?? []) {
    const gateway = { type: 'modem', path: port, ...(pin && { pin }), ...(number && { number }) }
    env[`SMSHUB_GATEWAYS__${id.toUpperCase()}`] = JSON.stringify(gateway)
  }
  // Single keys: smshub.yaml may have the others. The Supervisor proves who is signed in, but not who may do what there.
  env.SMSHUB_HTTP__INGRESS__LISTEN ??= '0.0.0.0:8099'
  if (options.admins?.length > 0) env.SMSHUB_HTTP__INGRESS__ADMINS = JSON.stringify(options.admins)
  const page = await pageOf()
  if (page !== null) env.SMSHUB_HTTP__INGRESS__URL ??= page
  if (options.region) env.SMSHUB_SMS__REGION = options.region
  if (options.log_level) env.SMSHUB_LOG__LEVEL = { warning: 'warn' }[options.log_level] ?? options.log_level

  const own = options.mqtt ?? {}
  const broker = own.server ? own : await brokerOf()
  if (broker === null) {
    process.stderr.write('smshub: no MQTT broker: install the Mosquitto broker app, or set mqtt.server\n')
    return
  }
  env.SMSHUB_MQTT__SERVER = broker.server
  if (broker.username) env.SMSHUB_MQTT__USERNAME = broker.username
  if (broker.password) env.SMSHUB_MQTT__PASSWORD = broker.password
}

/** The broker that the Supervisor knows; null when there is none. */
async function brokerOf() {
  const { host, port, username, password, ssl } = await ask('/services/mqtt')
  return host ? { server: `${ssl ? 'mqtts' : 'mqtt'}://${host}:${port}`, username, password } : null
}

/** Where Home Assistant shows this app's page, with places behind it: from 2026.2 on; null before. */
async function pageOf() {
  const { slug } = await ask('/addons/self/info')
  const { homeassistant } = await ask('/info')
  const [year, month] = String(homeassistant).split('.').map(Number)
  return slug && year * 12 + month >= 2026 * 12 + 2 ? `homeassistant://app/${slug}` : null
}

/** What the Supervisor answers; nothing where it does not. */
async function ask(path) {
  try {
    const answer = await fetch(`${supervisor}${path}`, { headers: { authorization: `Bearer ${env.SUPERVISOR_TOKEN}` } })
    return (answer.ok && (await answer.json()).data) || {}
  } catch {
    return {}
  }
}

/** Started as root (the Supervisor does): the data become the user's, and so does the program, unless told not to. */
function dropRights() {
  if (process.getuid?.() !== 0 || runAs === 'root') return
  const [uid, gid] = [1000, 1000]
  const data = env.SMSHUB_DATA ?? '/data'
  mkdirSync(data, { recursive: true })
  const folder = behindLink(data)
  giveTo(uid, gid, folder)
  if (lstatSync(folder).isDirectory()) chmodSync(folder, 0o700)
  process.setgroups([gid, ...serialGroups()])
  process.setgid(gid)
  process.setuid(uid)
}

/** The folder and what is in it. Links are never followed, and files with a second name are left: both may be traps. */
function giveTo(uid, gid, path) {
  const stat = lstatSync(path)
  if (stat.isFile() && stat.nlink > 1 && stat.uid !== uid) {
    process.stderr.write(`smshub: ${path} has another name elsewhere: its owner stays as it is\n`)
    return
  }
  lchownSync(path, uid, gid)
  if (stat.isDirectory()) for (const name of readdirSync(path)) giveTo(uid, gid, join(path, name))
}

/** A link to the data that root has set is meant. */
function behindLink(path) {
  const stat = lstatSync(path)
  return stat.isSymbolicLink() && stat.uid === 0 ? realpathSync(path) : path
}

/** Groups that may open the serial devices here, whatever this system calls them. */
function serialGroups() {
  const names = readdirSync('/dev').filter((name) => /^tty(USB|ACM|AMA|S)\d+$/.test(name))
  return [...new Set(names.map((name) => statSync(join('/dev', name)).gid))].filter((group) => group !== 0)
}
