import type {
  Conversation,
  Delivery,
  DeviceOptions,
  DeviceRow,
  DeviceView,
  EventPage,
  Finding,
  Gateway,
  GatewayHistory,
  Health,
  Key,
  LogPage,
  Message,
  MessageDetail,
  OpenSession,
  OwnMap,
  Page,
  Pause,
  Person,
  Pinged,
  ProfileHead,
  ProfileView,
  QueuedRow,
  Quota,
  RestartKind,
  Result,
  RuleDraft,
  SentItem,
  Session,
  SetupPlan,
  Tried,
  UnknownSender,
  UnreadGroups,
  User,
  Webhook,
} from './answer-types.ts'

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'

/** A route of the interface: what it takes and what it answers are in its type. */
export interface Call<I, O> {
  readonly method: Method
  /** Below `/v1`; `:name` is taken from the input. */
  readonly path: string
  /** Never set: it carries the types. */
  readonly types?: (input: I) => O
}

const call =
  (method: Method) =>
  <I, O>(path: string): Call<I, O> => ({ method, path })
const get = call('GET')
const post = call('POST')
const patch = call('PATCH')
const remove = call('DELETE')

interface Paged {
  readonly limit?: number
  readonly cursor?: string | undefined
}

/** Only this revision is changed: it is the header If-Match. */
interface Revised {
  readonly revision: string
}

type Nothing = Readonly<Record<string, never>>

/** A text, and what it is sent with. */
interface NewText {
  readonly to: string
  readonly text: string
  readonly send_at?: string
  readonly id: string
}

interface NewRule {
  readonly pattern: string
  /** What becomes of its values, by their names. */
  readonly holes: Readonly<Record<string, string>>
}

/** Every call that the page makes. `test/web/calls.test.ts` holds that each is a route of the interface. */
export const calls = {
  session: get<Nothing, Session>('/session'),
  signIn: post<{ name: string; password: string }, { readonly caller: Person }>('/session'),
  signOut: remove<Nothing, object>('/session'),
  ownPassword: post<{ old_password: string; password: string }, object>('/session/password'),
  health: get<Nothing, Health>('/health'),
  config: get<Nothing, { version: string; config: Readonly<Record<string, unknown>> }>('/config'),
  map: get<Nothing, OwnMap>('/map'),
  log: get<{ after?: number; limit?: number }, LogPage>('/log'),
  setLogLevel: post<{ level: string }, object>('/log-level'),
  backup: post<Nothing, { folder: string }>('/backups'),
  restart: post<Nothing, object>('/restart'),

  devices: get<Paged & { q?: string; state?: string; gateway?: string; ids?: string }, Page<DeviceRow>>('/devices'),
  device: get<{ id: string }, DeviceView>('/devices/:id/view'),
  addDevice: post<Readonly<Record<string, unknown>> & { id: string }, { ids: readonly string[] }>('/devices'),
  updateDevice: patch<Readonly<Record<string, unknown>> & Revised & { id: string }, object>('/devices/:id'),
  removeDevice: remove<Revised & { id: string; erase?: boolean }, object>('/devices/:id'),
  command: post<
    {
      device: string
      command: string
      args: Readonly<Record<string, unknown>>
      confirm?: string
      force?: boolean
      send_at?: string
      id: string
    },
    Result
  >('/devices/:device/commands/:command'),
  refresh: post<{ device: string }, Result>('/devices/:device/get'),
  tryText: post<{ id: string; text: string }, Tried>('/devices/:id/try'),
  draftRule: post<Partial<NewRule> & { id: string; texts: readonly string[] }, RuleDraft>('/devices/:id/draft'),
  addRule: post<NewRule & { id: string; name: string; texts: readonly string[]; event?: string }, object>(
    '/devices/:id/rules',
  ),
  unknownSenders: get<Paged, Page<UnknownSender>>('/unknown'),
  readUnknown: post<{ id: string }, { read: number }>('/devices/:id/read'),
  unknownTexts: get<{ about: string }, UnreadGroups>('/unknown/:about'),
  options: get<{ id: string }, DeviceOptions>('/devices/:id/options'),
  events: get<{ types: string; device: string; limit: number; before: string }, EventPage>('/events'),
  setupPlan: get<{ id: string }, SetupPlan>('/devices/:id/setup'),
  setupStep: post<
    { id: string; number: number; command: string; params: Readonly<Record<string, string>>; confirm: boolean },
    Result & { passed: boolean }
  >('/devices/:id/setup/:number'),
  result: get<{ id: string }, Result>('/commands/:id'),

  profiles: get<Nothing, { profiles: readonly ProfileHead[] }>('/profiles'),
  profile: get<{ manufacturer: string; family: string }, ProfileView>('/profiles/:manufacturer/:family'),

  messages: get<
    Paged & {
      q?: string
      about?: string
      device?: string
      direction?: string
      status?: string
      gateway?: string
      since?: string
    },
    Page<Message>
  >('/messages'),
  message: get<{ id: string }, MessageDetail>('/messages/:id'),
  send: post<NewText, Message | { readonly messages: readonly SentItem[] }>('/messages'),
  cancel: post<{ id: string }, Result>('/messages/:id/cancel'),
  deleteMessage: remove<{ id: string }, object>('/messages/:id'),
  conversations: get<Paged, Page<Conversation>>('/conversations'),
  readConversation: post<{ about: string; until: string }, { unread: number }>('/conversations/:about/read'),

  gateways: get<Nothing, Page<Gateway>>('/gateways'),
  gatewayHistory: get<{ gateway: string }, GatewayHistory>('/gateways/:gateway/history'),
  quotas: get<Nothing, Page<Quota>>('/quotas'),
  pauseGateway: post<{ gateway: string }, { paused: readonly Pause[] }>('/gateways/:gateway/pause'),
  resumeGateway: post<{ gateway: string }, { paused: readonly Pause[] }>('/gateways/:gateway/resume'),
  restartGateway: post<{ gateway: string; how: RestartKind }, object>('/gateways/:gateway/restart'),
  acceptGateway: post<{ gateway: string }, { accepted: string }>('/gateways/:gateway/accept'),
  checkGateway: post<{ gateway: string }, object>('/gateways/:gateway/signal'),
  ussd: post<{ gateway: string; code: string }, { text: string }>('/gateways/:gateway/ussd'),
  doctor: post<{ gateway: string }, { findings: readonly Finding[] }>('/gateways/:gateway/doctor'),
  trace: get<{ gateway: string }, { trace: string }>('/gateways/:gateway/trace'),
  enterPin: post<{ gateway: string; pin: string }, object>('/gateways/:gateway/pin'),

  queue: get<
    { device?: string; limit?: number },
    { readonly commands: readonly QueuedRow[]; readonly paused: readonly Pause[] }
  >('/queue'),
  pauseQueue: post<{ device?: string }, { paused: readonly Pause[] }>('/queue/pause'),
  resumeQueue: post<{ device?: string }, { paused: readonly Pause[] }>('/queue/resume'),
  purgeQueue: post<{ device?: string }, { cancelled: number }>('/queue/purge'),

  keys: get<Nothing, Page<Key>>('/keys'),
  addKey: post<Readonly<Record<string, unknown>>, Key & { key: string }>('/keys'),
  updateKey: patch<Readonly<Record<string, unknown>> & Revised & { id: string }, Key>('/keys/:id'),
  rotateKey: post<{ id: string }, Key & { key: string }>('/keys/:id/rotate'),
  removeKey: remove<{ id: string; confirm: string }, object>('/keys/:id'),
  users: get<Nothing, Page<User>>('/users'),
  addUser: post<{ name: string; password: string; role: string }, { name: string }>('/users'),
  removeUser: remove<{ name: string; confirm: string }, object>('/users/:name'),
  sessions: get<Nothing, Page<OpenSession>>('/sessions'),
  endSession: remove<{ id: string }, object>('/sessions/:id'),

  webhooks: get<Nothing, Page<Webhook>>('/webhooks'),
  addWebhook: post<Readonly<Record<string, unknown>>, Webhook & { secret: string }>('/webhooks'),
  removeWebhook: remove<{ id: string }, object>('/webhooks/:id'),
  enableWebhook: post<{ id: string }, Webhook>('/webhooks/:id/enable'),
  rotateWebhook: post<{ id: string }, Webhook & { secret: string }>('/webhooks/:id/rotate'),
  testWebhook: post<{ id: string }, Pinged>('/webhooks/:id/test'),
  deliveries: get<Paged & { id: string; status?: string }, Page<Delivery>>('/webhooks/:id/deliveries'),
  replayDelivery: post<{ delivery: string }, object>('/deliveries/:delivery/replay'),
}
