import { leastRoles } from '../../src/api/all-operations.ts'
import { Access, type UserRights } from '../../src/mqtt/embedded/access.ts'

/** The rules of the embedded broker for these users; texts may go to the recipients that are named. */
export function accessOf(users: Readonly<Record<string, UserRights>>, recipients: readonly string[] = []): Access {
  return new Access(users, {
    baseTopic: 'smshub',
    aliases: {},
    discovery: { prefix: 'homeassistant', objectOf: (device) => `smshub_a1b2_${device}` },
    operations: leastRoles('mqtt'),
    isRecipient: (to) => recipients.includes(to),
  })
}
