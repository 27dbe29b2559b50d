import * as z from 'zod'
import { deviceView } from '../../api/device-view.ts'
import { id } from '../../api/inputs.ts'
import { resultPayload } from '../../api/payloads.ts'
import { setupPlan } from '../../api/setup-operations.ts'
import { ruleDraft, tried } from '../../api/trial-operations.ts'
import type { Route } from '../route.ts'

const params = z.object({ id })
const text = z.strictObject({ text: z.string() })

/** What a person sees of a device, and does with it besides commands. */
export const deviceViewRoutes: readonly Route[] = [
  {
    method: 'GET',
    path: '/devices/:id/view',
    name: 'viewDevice',
    tag: 'devices',
    scope: 'devices:read',
    operation: 'device/view',
    params,
    answer: deviceView.meta({ id: 'DeviceView' }),
  },
  {
    method: 'POST',
    path: '/devices/:id/try',
    name: 'tryText',
    tag: 'devices',
    scope: 'devices:manage',
    operation: 'device/try',
    params,
    body: text,
    answer: tried.meta({ id: 'TriedText' }),
  },
  {
    method: 'POST',
    path: '/devices/:id/draft',
    name: 'draftRule',
    tag: 'devices',
    scope: 'devices:manage',
    operation: 'device/draft',
    params,
    body: text,
    answer: ruleDraft.meta({ id: 'RuleDraft' }),
  },
  {
    method: 'POST',
    path: '/devices/:id/rules',
    name: 'addRule',
    tag: 'devices',
    scope: 'devices:manage',
    operation: 'device/rule',
    params,
    body: z.strictObject({ name: z.string(), pattern: z.string(), text: z.string() }).meta({ id: 'NewRule' }),
    status: 201,
    location: ({ id: device }) => `/devices/${device}/view`,
    answer: z.object({ id, message: z.string() }).meta({ id: 'AddedRule' }),
  },
  {
    method: 'GET',
    path: '/devices/:id/setup',
    name: 'getSetup',
    tag: 'devices',
    scope: 'devices:manage',
    operation: 'setup/plan',
    params,
    query: z.strictObject({ only: z.string().optional(), for: id.optional() }),
    answer: setupPlan.meta({ id: 'SetupPlan' }),
  },
  {
    method: 'POST',
    path: '/devices/:id/setup/:number',
    name: 'doSetupStep',
    tag: 'devices',
    scope: 'devices:manage',
    operation: 'setup/step',
    params: z.object({ id, number: z.coerce.number().int() }),
    body: z.strictObject({
      command: z.string().min(1),
      params: z.record(z.string(), z.unknown()).optional(),
      confirm: z.boolean().optional(),
      for: id.optional(),
    }),
    answer: resultPayload.extend({ passed: z.boolean() }).meta({ id: 'SetupStepResult' }),
  },
]
