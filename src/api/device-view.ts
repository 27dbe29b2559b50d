import * as z from 'zod'
import { commandLabel, labelOf } from '../device/describe/labels.ts'
import { stateFieldsOf } from '../device/describe/state-fields.ts'
import { commandsOf, type Device, mayUse } from '../device/device.ts'
import { proofs } from '../device/schema/command.ts'
import { fieldOf } from '../device/vocabulary/vocabulary.ts'
import type { Fleet } from '../fleet/fleet.ts'
import { isoTime } from '../message/result.ts'
import { may } from '../message/rights.ts'
import { described, describedParameter } from './described-parameter.ts'
import { deviceDialect, dialectsOf } from './device-dialects.ts'
import { revisionOf } from './device-revision.ts'
import { deviceSummary, summaryOf } from './device-summary.ts'
import { one } from './inputs.ts'
import { deviceOf, notOverMqtt, operation } from './operation.ts'
import { time, value } from './payloads.ts'

const command = z.strictObject({
  name: z.string(),
  label: z.string(),
  /** Why it needs "confirm"; null where it does not. */
  danger: z.string().nullable(),
  repeat: z.enum(['safe', 'never']),
  unproven: z.boolean(),
  /** By a maker, by two independent sources, or by one alone: then no result of it is ok. */
  proof: z.enum(proofs),
  /** Number of independent sources. */
  independent: z.number().int(),
  params: z.array(describedParameter),
})

const field = z.strictObject({
  name: z.string(),
  label: z.string(),
  type: z.string(),
  unit: z.string().nullable(),
})

/** What a list of devices for a person shows of each. */
export const deviceRow = deviceSummary.extend({
  model: z.string(),
  kind: z.string(),
  /** False once it has been silent for too long; null where it sends nothing regularly. */
  online: z.boolean().nullable(),
  last_seen: time.nullable(),
})

/** A device for a person: what it is, what it can do, and how it is. */
export const deviceView = deviceRow.extend({
  revision: z.string(),
  state: z.record(z.string(), value),
  fields: z.array(field),
  commands: z.array(command),
  location: z
    .looseObject({ latitude: z.number(), longitude: z.number(), gps_accuracy: z.number().nullable().optional() })
    .nullable(),
  /** Steps that its profile names to make it accept the hub. */
  setup_steps: z.number().int(),
  /** Those of its profile, its own words first; none where there are no others. */
  dialects: z.array(deviceDialect),
  /** Nothing new is sent to it. */
  paused: z.boolean(),
})

export const deviceViewOperations = {
  'device/view': operation({
    summary: 'a device for a person: what it is, what it can do with which parameters, and how it is',
    surfaces: notOverMqtt,
    action: ({ id: device }) => ({ act: 'see', device }),
    input: one,
    output: deviceView,
    async run({ id: name }, deps, { rights }) {
      const { fleet, store } = deps
      const device = deviceOf(name, fleet)
      const { state, location, heard, ...presence } = await store.read('deviceSight', { device: name })
      const pauses = await store.run('pauses', undefined)
      return {
        ...rowOf(device, presence, fleet, rights === null || may(rights, { act: 'see_texts' })),
        revision: revisionOf(device, deps),
        state: { ...state },
        fields: fieldsOf(device, Object.keys(state)),
        commands: commandsShown(device),
        location: positionIn(location),
        setup_steps: device.dialect.setup.length,
        dialects: [...dialectsOf(device, heard)],
        paused: pauses.some((pause) => pause.device === name || (pause.device ?? pause.gateway) === undefined),
      }
    },
  }),
}

export const rowOf = (
  device: Device,
  { lastSeen, online }: { readonly lastSeen: number | null; readonly online: boolean },
  fleet: Fleet,
  showsNumbers: boolean,
): z.input<typeof deviceRow> => ({
  ...summaryOf(device, fleet, showsNumbers),
  model: `${device.profile.row.manufacturer} ${device.profile.row.family}`,
  kind: device.profile.row.kind,
  online: device.expected === null ? null : online,
  last_seen: lastSeen === null ? null : isoTime(lastSeen),
})

/** The fields that it can report; of families, those members that it has reported. */
function fieldsOf(device: Device, known: readonly string[]): z.input<typeof field>[] {
  const { fields } = stateFieldsOf(device)
  return [...new Set([...fields, ...known])].map((name) => {
    const row = fieldOf(name)
    return { name, label: labelOf(name), type: row?.type ?? 'text', unit: row?.unit ?? null }
  })
}

function commandsShown(device: Device): z.input<typeof command>[] {
  return Object.entries(commandsOf(device))
    .filter(([, row]) => mayUse(device, row))
    .map(([name, { label, danger = null, repeat, proof, independent, params }]) => ({
      name,
      label: commandLabel(name, label),
      danger,
      repeat,
      unproven: proof === 'unproven',
      proof,
      independent,
      params: Object.entries(params).map(([param, spec]) => described(param, spec)),
    }))
}

function positionIn(location: Readonly<Record<string, unknown>> | null): z.input<typeof deviceView>['location'] {
  const { latitude, longitude } = location ?? {}
  return typeof latitude === 'number' && typeof longitude === 'number' ? { ...location, latitude, longitude } : null
}
