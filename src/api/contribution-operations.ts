import * as z from 'zod'
import { contributionOf, isUserMade, ownProfile } from '../device/draft/contribution.ts'
import { kinds } from '../device/schema/profile-schema.ts'
import { Fault } from '../message/fault.ts'
import { id } from './inputs.ts'
import { type ApiDeps, deviceOf, notOverMqtt, operation } from './operation.ts'
import { readQuarantine, textsOf } from './quarantine.ts'

const profileId = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]*\/[a-z0-9][a-z0-9-]*$/, 'must be a maker and a family, like my/tracker')
const name = z.string().min(1).max(64)
const heading = { manufacturer: name.optional(), family: name.optional(), kind: z.enum(kinds).default('generic') }
const kept = { profile: profileId, ...heading }

export const contribution = z.strictObject({
  /** Where they belong in the repository, and what they hold. */
  files: z.array(z.strictObject({ path: z.string(), text: z.string() })),
  /** Texts that nobody can read, or not without what was replaced. */
  left_out: z.number().int(),
})

/** What becomes of the rules of a device: a profile of its own, and a contribution to the shipped ones. */
export const contributionOperations = {
  'device/profile': operation({
    summary: 'make the messages of a device a profile of its own, which further devices of its kind can have',
    surfaces: notOverMqtt,
    input: z.strictObject({ id, ...kept }),
    output: z.strictObject({ id, profile: z.string(), file: z.string(), read: z.number().int() }),
    async run({ id: device, ...profile }, deps, asker) {
      const { fleet, profiles, log } = deps
      const present = deviceOf(device, fleet)
      const row = fleet.rowOf(device)
      if (row === null)
        throw new Fault('not_allowed', `device ${device} is in smshub.yaml: change it there`, { device })
      if (!isUserMade(present))
        throw new Fault(
          'not_allowed',
          `${device} has the profile ${present.profile.id}, which stays: its own messages add to that`,
          { device },
        )
      if (row.commands !== undefined || row.properties !== undefined)
        throw new Fault(
          'not_allowed',
          `${device} has commands or properties of its own: write them into the profile by hand`,
          { device },
        )
      const source = ownProfile(present, await readTexts(device, deps), headed(profile))
      if (Object.keys(present.dialect.messages).length === 0)
        throw new Fault('not_allowed', `${device} has no messages of its own: make rules of its texts first`, {
          device,
        })
      const file = profiles.keep(profile.profile, source)
      await fleet.update(device, { profile: profile.profile, messages: null })
      log('info', `the messages of ${device} are the profile ${profile.profile} (${asker.name})`)
      return { id: device, profile: profile.profile, file, read: await readQuarantine(deviceOf(device, fleet), deps) }
    },
  }),
  'device/contribution': operation({
    summary:
      'texts and rules of a device for a pull request, with numbers, places, names and codes replaced; nothing is written or sent',
    surfaces: notOverMqtt,
    input: z.strictObject({ id, profile: profileId.default('my/device'), ...heading }),
    output: contribution,
    async run({ id: device, ...profile }, deps) {
      const present = deviceOf(device, deps.fleet)
      const { contacts } = deps.config
      const names = [device, present.name, ...Object.keys(contacts), ...Object.values(present.settings)]
      const { files, leftOut } = contributionOf(present, await readTexts(device, deps), headed(profile), names)
      return { files: files.map((one) => ({ ...one })), left_out: leftOut }
    },
  }),
}

const readTexts = async (device: string, deps: ApiDeps): Promise<string[]> => [
  ...new Set((await textsOf({ device }, deps)).map(({ text }) => text)),
]

type Heading = z.output<z.ZodObject<typeof kept>>

/** A profile without a maker and family is named by its id. */
function headed({ profile, manufacturer, family, kind }: Heading) {
  const [maker = '', model = ''] = profile.split('/')
  return { id: profile, manufacturer: manufacturer ?? maker, family: family ?? model, kind }
}
