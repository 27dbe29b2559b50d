import * as z from 'zod'
import { contribution } from '../../api/contribution-operations.ts'
import { deviceView } from '../../api/device-view.ts'
import { id } from '../../api/inputs.ts'
import { resultPayload } from '../../api/payloads.ts'
import {
  keptRule,
  newRule,
  ruleDraft,
  ruleTexts,
  unknownCursors,
  unknownGroups,
  unknownSender,
} from '../../api/rule-operations.ts'
import { setupPlan } from '../../api/setup-operations.ts'
import { tried } from '../../api/trial-operations.ts'
import type { Route } from '../route.ts'
import { pageKeys, pageOf } from './page-keys.ts'

const params = z.object({ id })
const text = z.strictObject({ text: z.string() })
const heading = { manufacturer: z.string().optional(), family: z.string().optional(), kind: z.string().optional() }

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
    body: z.strictObject({
      ...ruleTexts,
      pattern: z.string().optional(),
      holes: z.record(z.string(), z.string()).optional(),
    }),
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
    body: newRule.meta({ id: 'NewRule' }),
    status: 201,
    location: ({ id: device }) => `/devices/${device}/view`,
    answer: keptRule.meta({ id: 'AddedRule' }),
  },
  {
    method: 'GET',
    path: '/unknown',
    name: 'listUnknown',
    tag: 'devices',
    scope: 'messages:read',
    operation: 'unknown/list',
    kind: 'list',
    query: z.strictObject(pageKeys(unknownCursors)),
    answer: pageOf(unknownSender.meta({ id: 'UnknownSender' }), 'UnknownSenderList'),
  },
  {
    method: 'GET',
    path: '/unknown/:about',
    name: 'groupUnknown',
    tag: 'devices',
    scope: 'messages:read',
    operation: 'unknown/groups',
    params: z.object({ about: z.string().min(1).max(64) }),
    answer: unknownGroups.meta({ id: 'UnknownGroups' }),
  },
  {
    method: 'POST',
    path: '/devices/:id/read',
    name: 'readUnknown',
    tag: 'devices',
    scope: 'devices:manage',
    operation: 'unknown/read',
    params,
    answer: z.object({ id, read: z.number().int() }).meta({ id: 'ReadUnknown' }),
  },
  {
    method: 'POST',
    path: '/devices/:id/profile',
    name: 'makeProfile',
    tag: 'devices',
    scope: 'devices:manage',
    operation: 'device/profile',
    params,
    body: z.strictObject({ profile: z.string(), ...heading }).meta({ id: 'NewProfile' }),
    answer: z.object({ id, profile: z.string(), file: z.string(), read: z.number().int() }).meta({ id: 'MadeProfile' }),
  },
  {
    method: 'GET',
    path: '/devices/:id/contribution',
    name: 'getContribution',
    tag: 'devices',
    scope: 'devices:manage',
    operation: 'device/contribution',
    params,
    query: z.strictObject({ profile: z.string().optional(), ...heading }),
    answer: contribution.meta({ id: 'Contribution' }),
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
