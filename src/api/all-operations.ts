import type { Role } from '../message/rights.ts'
import { deviceOperations } from './device-operations.ts'
import { gatewayOperations } from './gateway-operations.ts'
import { historyOperations } from './history-operations.ts'
import { hubOperations } from './hub-operations.ts'
import { modemOperations } from './modem-operations.ts'
import type { Operation, Surface } from './operation.ts'
import { queueOperations } from './queue-operations.ts'
import { setupOperations } from './setup-operations.ts'
import { smsOperations } from './sms-operations.ts'

/**
 * Everything that may be asked of the hub, by its path: `bridge/request/<path>` on MQTT and the command line of this
 * machine are renderings of it, and so is the AsyncAPI document.
 */
export const operations: Readonly<Record<string, Operation>> = {
  ...deviceOperations,
  ...setupOperations,
  ...smsOperations,
  ...queueOperations,
  ...gatewayOperations,
  ...modemOperations,
  ...historyOperations,
  ...hubOperations,
}

/** What can be asked for through a door, with the least role that each is for. */
export const leastRoles = (surface: Surface): Readonly<Record<string, Role>> =>
  Object.fromEntries(
    Object.entries(operations).flatMap(([path, { surfaces, role }]) =>
      surfaces.includes(surface) ? [[path, role]] : [],
    ),
  )

/** What can be asked for through a door. */
export const pathsOf = (surface: Surface): readonly string[] => Object.keys(leastRoles(surface))
