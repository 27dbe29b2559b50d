/** What a key of the HTTP interface can be limited to. A scope never allows more than the role of its key. */
export const scopes = {
  'messages:send': 'send and preview texts',
  'messages:read': 'read texts, the inbox and conversations, and mark these as read',
  'messages:cancel': 'cancel texts and commands that are not sent yet',
  'messages:delete': 'delete the content of texts that have ended',
  'devices:read': 'read devices, their states and the results of commands',
  'devices:command': 'send commands, set and get properties',
  'devices:manage': 'add, change and remove devices',
  'gateways:read': 'read gateways and the queue',
  'gateways:manage': 'restart, check and accept gateways, USSD, pause and resume the queue',
  'webhooks:manage': 'add, change, test and remove webhooks, replay deliveries',
  'events:read': 'read events, live or a page at a time',
  'hub:manage': 'keys, users, backups, log levels, restart',
} as const satisfies Readonly<Record<string, string>>

export type Scope = keyof typeof scopes
export const scopeNames = Object.keys(scopes) as Scope[]
