import type { Route } from '../route.ts'
import { accessRoutes } from './access-routes.ts'
import { deviceRoutes } from './device-routes.ts'
import { deviceViewRoutes } from './device-view-routes.ts'
import { eventRoutes } from './event-routes.ts'
import { gatewayRoutes } from './gateway-routes.ts'
import { hubRoutes } from './hub-routes.ts'
import { listRoutes } from './list-routes.ts'
import { messageRoutes } from './message-routes.ts'
import { profileRoutes } from './profile-routes.ts'
import { queueRoutes } from './queue-routes.ts'
import { webhookRoutes } from './webhook-routes.ts'

/** The REST interface: every route is the rendering of an operation. */
export const allRoutes: readonly Route[] = [
  ...messageRoutes,
  ...listRoutes,
  ...deviceRoutes,
  ...deviceViewRoutes,
  ...profileRoutes,
  ...gatewayRoutes,
  ...queueRoutes,
  ...webhookRoutes,
  ...eventRoutes,
  ...hubRoutes,
  ...accessRoutes,
]
