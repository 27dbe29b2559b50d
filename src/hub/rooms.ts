import { readFileSync } from 'node:fs'
import { Access } from '../access/index.ts'
import { Outcomes } from '../api/outcome.ts'
import { Bridge } from '../bridge/bridge.ts'
import { contactsOf, homeOf } from '../config/contacts.ts'
import { numberOf } from '../config/make-devices.ts'
import { Deliver } from '../deliver/index.ts'
import { Unknowns } from '../deliver/unknown.ts'
import { Directory } from '../device/directory.ts'
import type { Gateway } from '../gateway/gateway.ts'
import { limitsOf, poolOf } from '../gateway/pool.ts'
import type { Log, Observations } from '../message/events.ts'
import type { GatewayLimits } from '../message/readings.ts'
import type { Ingress } from '../mqtt/ingress.ts'
import { Publisher } from '../mqtt/outlet/publisher.ts'
import { LiveLog } from '../outlet/live-log.ts'
import { keyedPrint } from '../store/keyed-print.ts'
import { Submit } from '../submit/index.ts'
import type { Emitter } from '../util/emitter.ts'
import { ulid } from '../util/ulid.ts'
import { Webhooks } from '../webhooks/webhooks.ts'
import { Behind } from './behind.ts'
import { decoders, openGateways } from './gateway-makers.ts'
import type { Ground } from './ground.ts'
import type { HubOptions } from './hub-options.ts'
import type { IngressDeps } from './ingress-deps.ts'
import { MailPart } from './mail-part.ts'
import { SmppPart } from './smpp-part.ts'
import { Upkeep } from './upkeep.ts'

/** All parts, created and connected, but not started. */
export interface Rooms {
  readonly access: Access
  readonly ingress: Ingress
  readonly mail: MailPart
  readonly publisher: Publisher
  readonly unknowns: Unknowns
  readonly deliver: Deliver
  readonly gateways: ReadonlyMap<string, Gateway>
  readonly submit: Submit
  readonly bridge: Bridge
  readonly webhooks: Webhooks
  readonly smpp: SmppPart
  readonly upkeep: Upkeep
  readonly behind: Behind
  readonly liveEvents: LiveLog
  readonly log: Log
  now(): number
  /** Segments that a gateway may send. */
  limits(gateway: string): GatewayLimits
}

/** The composition root: connects the modules, which know each other only by their dependency interfaces. */
export function makeRooms(
  options: HubOptions,
  ground: Ground,
  makeIngress: (deps: IngressDeps) => Ingress,
  events: Emitter<Observations>,
): Rooms {
  const { config, clock, transient = false, checkpoint = () => {} } = options
  const { profiles, folder, time, store, fleet, routes, owner, newest, installedAt } = ground
  /** Publishes the log on MQTT, once it exists. */
  let listening: Bridge | null = null
  const log: Log = (level, name, message) => {
    options.log(level, name, message)
    listening?.logged(level, name, message)
  }
  const logOf = (name: string) => (level: Parameters<Log>[0], message: string) => log(level, name, message)
  const now = () => time.now()
  const newId = (prefix: string) => `${prefix}_${ulid(Math.floor(now()), () => clock.random())}`
  const behind = new Behind(clock, log)
  const deps = { store, clock, checkpoint }
  const instance = folder.instanceId()
  const printKey = folder.printKey()
  const gateways = openGateways({
    config,
    store,
    clock,
    now,
    log,
    simulated: options.simulated,
    devices: options.devices,
    make: options.makeGateway,
  })
  const isRecipient: Submit['isRecipient'] = (to, isTopic) => submit.isRecipient(to, isTopic)
  const ingress = makeIngress({ ...deps, config, run: newId('run'), instance, transient, now, isRecipient })
  const { gateway_per_day: gatewayPerDay = Math.max(200, 4 * fleet.devices.size) } = config.limits
  const limits = (gateway: string) => limitsOf(config.gateways[gateway], gatewayPerDay)
  const upkeep = new Upkeep({
    store,
    folder,
    time,
    clock,
    epoch: owner.epoch,
    newest,
    roomChanged: () => submit.look(),
    storeChanged: () => bridge.storeChanged(),
    waitsMoved: () => submit.deadlines.look(),
    log: logOf('hub'),
  })
  const directory = new Directory(fleet.devices.values(), homeOf(config))
  const submit = new Submit({
    ...deps,
    device: (id) => fleet.devices.get(id),
    devices: () => fleet.devices.values(),
    behind: (number) => directory.find(number),
    contacts: new Map(Object.entries(config.contacts)),
    destinations: config.sms.destinations,
    region: config.sms.region,
    gateways: Object.keys(config.gateways),
    numberOf: (id) => numberOf(config, id),
    print: (...parts) => keyedPrint(printKey, ...parts),
    newId,
    counters: ground.counters,
    limits: {
      perLane: config.limits.device_queue,
      perClient: config.limits.client_queue,
      clientPerHour: config.limits.client_per_hour,
      devicePerDay: config.limits.device_per_day,
    },
    permitMs: options.permitMs,
    pool: poolOf(config.gateways, routes, clock),
    rules: {
      owner,
      now,
      limits,
      window: (gateway) => config.gateways[gateway]?.window ?? Number.POSITIVE_INFINITY,
      holdsUnsafe: () => upkeep.clockIsBehind,
      cost: (gateway, number) => routes.costOf(gateway, number),
    },
    hasRoom: () => upkeep.hasRoom,
    log: logOf('submit'),
  })
  const unknowns = new Unknowns({
    profiles,
    clock,
    log: (message) => log('info', 'deliver', message),
    found: ({ raws }, data) => store.run('nameUnknown', { raws, data }),
  })
  const deliver = new Deliver({
    ...deps,
    decoders: { ...decoders, ...options.decoders },
    directory,
    contacts: contactsOf(config),
    device: (id) => fleet.devices.get(id),
    unknownSenders: config.sms.unknown_senders,
    installedAt,
    now,
    newId,
    unknown: (text) => unknowns.add(text),
    ask: (id, property) => submit.ask(id, property),
    log: logOf('deliver'),
  })
  const access = new Access({
    store,
    clock,
    users: config.mqtt.broker.users ?? {},
    now,
    unproven: (kind) => events.emit('unproven', { kind }),
    log: logOf('access'),
  })
  const mail = new MailPart({
    config,
    clock,
    devices: () => fleet.devices.values(),
    receive: (raw) => deliver.receive(raw),
    unproven: () => events.emit('unproven', { kind: 'password' }),
    log: logOf('mail'),
  })
  const outcomes = new Outcomes(store, clock, now)
  const publisher = new Publisher({
    store,
    ingress,
    clock,
    baseTopic: config.mqtt.base_topic,
    published: (published) => {
      events.emit('published', published)
      bridge.published(published.event)
    },
    log: logOf('mqtt'),
  })
  const webhooks = new Webhooks({
    store,
    clock,
    now,
    newId,
    allowNetworks: config.webhooks.allow_networks,
    ca: config.webhooks.ca === undefined ? null : readFileSync(config.webhooks.ca, 'utf8'),
    version: options.version,
    resolve: options.resolve,
    log: logOf('webhooks'),
  })
  const liveEvents = new LiveLog(store, clock)
  const bridge = new Bridge({
    config,
    fleet,
    revisionKey: printKey,
    profiles,
    store,
    ingress,
    clock,
    version: options.version,
    webhooks,
    smppClients: () => smpp.clients,
    liveEvents,
    startedAt: () => time.startedAt,
    instance,
    now,
    gateways: () => gateways,
    newId: () => newId('out'),
    submit: (accepted) => submit.submit(accepted),
    plan: (accepted) => submit.plan(accepted),
    gatewayLimits: limits,
    isRecipient: (to) => submit.isRecipient(to, false),
    access,
    numberOf: (id) => numberOf(config, id),
    outcome: (commandId, forMs) => outcomes.of(commandId, forMs),
    republishRetained: () => publisher.republishRetained(),
    backup: () => folder.backUp(store, now(), options.copyFiles),
    clockBehind: () => (upkeep.clockIsBehind ? upkeep.newest : null),
    acceptClock: () => upkeep.acceptClock(),
    backups: () => folder.backups(),
    setLogLevel: options.setLogLevel,
    restart: options.restart,
    log: logOf('bridge'),
  })
  const smpp = new SmppPart({
    config,
    store,
    clock,
    now,
    newId,
    numberOf: (id) => numberOf(config, id),
    request: (path, data, asker) => bridge.ask(path, data, asker),
    unproven: () => events.emit('unproven', { kind: 'password' }),
    log: logOf('smpp'),
  })
  listening = bridge
  fleet.onChange = (id, device) => {
    if (device === null) directory.remove(id)
    else directory.place(device)
    bridge.changed(id, device)
    // What was asked for while the change was written was made for the device as it was, too.
    behind.persist('what is scheduled for a changed device', () => submit.review(id))
  }
  fleet.heldBy = (id, device) => submit.held(id, device)
  store.onFatal = (fault) => events.emit('fatal', fault)
  store.on('settings', () => behind.persist('the settings of devices', () => fleet.refreshSettings()))
  return {
    access,
    ingress,
    mail,
    publisher,
    liveEvents,
    unknowns,
    deliver,
    gateways,
    submit,
    bridge,
    webhooks,
    smpp,
    upkeep,
    behind,
    log,
    now,
    limits,
  }
}
