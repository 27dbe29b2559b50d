import { deviceOperations } from './device-operations.ts'
import { gatewayOperations } from './gateway-operations.ts'
import { historyOperations } from './history-operations.ts'
import { hubOperations } from './hub-operations.ts'
import { modemOperations } from './modem-operations.ts'
import { type Operation, type Role, roles, type Surface } from './operation.ts'
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

/** What can be asked for through a door, by whoever has at least this role. */
export const pathsOf = (surface: Surface, role: Role = 'admin'): readonly string[] =>
  Object.entries(operations)
    .filter(([, one]) => one.surfaces.includes(surface) && roles.indexOf(one.role) <= roles.indexOf(role))
    .map(([path]) => path)
