import type { Surface } from '../message/accepted.ts'
import type { Role } from '../message/rights.ts'
import { contributionOperations } from './contribution-operations.ts'
import { conversationOperations } from './conversation-operations.ts'
import { deviceOperations } from './device-operations.ts'
import { deviceReads } from './device-reads.ts'
import { deviceViewOperations } from './device-view.ts'
import { eventOperations } from './event-operations.ts'
import { gatewayOperations } from './gateway-operations.ts'
import { historyOperations } from './history-operations.ts'
import { hubOperations } from './hub-operations.ts'
import { keyOperations } from './key-operations.ts'
import { messageOperations } from './message-operations.ts'
import { modemOperations } from './modem-operations.ts'
import type { Operation } from './operation.ts'
import { profileOperations } from './profile-operations.ts'
import { queueOperations } from './queue-operations.ts'
import { quotaOperations } from './quota-operations.ts'
import { ruleOperations } from './rule-operations.ts'
import { sendOperations } from './send-operations.ts'
import { setupOperations } from './setup-operations.ts'
import { smppOperations } from './smpp-operations.ts'
import { smsOperations } from './sms-operations.ts'
import { trialOperations } from './trial-operations.ts'
import { userOperations } from './user-operations.ts'
import { webhookOperations } from './webhook-operations.ts'

/**
 * All operations of the hub by path: `bridge/request/<path>` on MQTT, the command line and the AsyncAPI document are
 * made from it.
 */
export const operations: Readonly<Record<string, Operation>> = {
  ...deviceOperations,
  ...deviceReads,
  ...deviceViewOperations,
  ...profileOperations,
  ...trialOperations,
  ...ruleOperations,
  ...contributionOperations,
  ...setupOperations,
  ...smsOperations,
  ...messageOperations,
  ...conversationOperations,
  ...sendOperations,
  ...quotaOperations,
  ...queueOperations,
  ...gatewayOperations,
  ...smppOperations,
  ...modemOperations,
  ...historyOperations,
  ...eventOperations,
  ...hubOperations,
  ...keyOperations,
  ...userOperations,
  ...webhookOperations,
}

/** Operations of an interface, each with the least role that is allowed. */
export const leastRoles = (surface: Surface): Readonly<Record<string, Role>> =>
  Object.fromEntries(
    Object.entries(operations).flatMap(([path, { surfaces, role }]) =>
      surfaces.includes(surface) ? [[path, role]] : [],
    ),
  )

/** Paths of the operations of an interface. */
export const pathsOf = (surface: Surface): readonly string[] => Object.keys(leastRoles(surface))
