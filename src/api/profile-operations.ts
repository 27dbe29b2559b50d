import * as z from 'zod'
import { describedParameter, describedSetting } from './described-parameter.ts'
import { notOverMqtt, operation } from './operation.ts'

export const profileHead = z.strictObject({
  profile: z.string(),
  kind: z.string(),
  manufacturer: z.string(),
  family: z.string(),
  models: z.array(z.string()),
})

export const profileView = profileHead.extend({
  variants: z.array(z.strictObject({ variant: z.string(), label: z.string(), tell: z.string() })),
  /** Of all variants. */
  settings: z.array(describedParameter),
  commands: z.array(z.string()),
  setup_steps: z.number().int(),
})

/** Profiles that devices can be added with: those of the hub, and the owner's. */
export const profileOperations = {
  'profile/list': operation({
    summary: 'the profiles by their makers and models; q finds those with all of its words',
    surfaces: notOverMqtt,
    action: () => ({ act: 'see_hub' }),
    input: z.strictObject({ q: z.string().max(128).optional() }),
    output: z.strictObject({ profiles: z.array(profileHead) }),
    async run({ q = '' }, { profiles }) {
      const words = q.toLowerCase().split(/\s+/).filter(Boolean)
      const heads = profiles.ids().map((id) => profiles.head(id))
      const found = heads.filter(({ profile, manufacturer, family, models, kind }) => {
        const text = [profile, manufacturer, family, ...models, kind].join(' ').toLowerCase()
        return words.every((word) => text.includes(word))
      })
      return { profiles: found.map((one) => ({ ...one, models: [...one.models] })) }
    },
  }),
  'profile/get': operation({
    summary: 'a profile: its variants, how they differ, and what has to be set',
    surfaces: notOverMqtt,
    action: () => ({ act: 'see_hub' }),
    input: z.strictObject({ profile: z.string().min(1).max(128) }),
    output: profileView,
    async run({ profile: id }, { profiles }) {
      const { row, dialects } = profiles.read(id)
      const settings = new Map([...dialects.values()].flatMap((dialect) => Object.entries(dialect.settings)))
      const commands = new Set([...dialects.values()].flatMap((dialect) => Object.keys(dialect.commands)))
      const { kind, manufacturer, family, models, variants } = row
      return {
        profile: id,
        kind,
        manufacturer,
        family,
        models: [...models],
        variants: Object.entries(variants).map(([variant, { label, tell }]) => ({ variant, label, tell })),
        // A numbered one has as many names as the device has numbers: it is set later.
        settings: [...settings].flatMap(([name, spec]) => (name.includes('#') ? [] : [describedSetting(name, spec)])),
        commands: [...commands],
        setup_steps: Math.max(0, ...[...dialects.values()].map(({ setup }) => setup.length)),
      }
    },
  }),
}
