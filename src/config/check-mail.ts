import { mailGateway } from '../message/received.ts'
import { didYouMean } from '../util/nearest.ts'
import { isLoopback } from './broker-config.ts'
import type { Problem } from './problems.ts'
import type { Config } from './schema.ts'

/** What keeps mails of devices from being taken, and what has no effect. */
export function checkMail({ mail, mqtt, gateways, devices }: Config): {
  problems: Problem[]
  warnings: Problem[]
} {
  if (mail === undefined) return { problems: [], warnings: [] }
  const hasTls = (mail.cert ?? mqtt.broker.tls?.cert) !== undefined
  const isUseless =
    Object.keys(mail.users).length > 0 && !hasTls && !mail.clear_passwords && !isLoopback(mail.listen.host)
  const problem = (path: readonly string[], words: string) => ({ path, message: `${path.join('.')}: ${words}` })
  return {
    problems: [
      ...(isUseless
        ? [
            problem(
              ['mail', 'users'],
              'nobody can log in without TLS: add cert: and key:, or clear_passwords: true in a network of your own',
            ),
          ]
        : []),
      ...(mail.implicit_tls && !hasTls
        ? [problem(['mail', 'implicit_tls'], 'needs a certificate: add cert: and key:')]
        : []),
      ...(Object.hasOwn(gateways, mailGateway)
        ? [problem(['gateways', mailGateway], 'texts that came as mails have this gateway: give it another name')]
        : []),
    ],
    warnings: Object.entries(mail.users).flatMap(([name, user]) =>
      user.devices
        .filter((id) => !Object.hasOwn(devices, id))
        .map((id) => {
          const meant = didYouMean(id, Object.keys(devices)) || ', unless it is added while the hub runs'
          return problem(['mail', 'users', name, 'devices'], `there is no device "${id}"${meant}`)
        }),
    ),
  }
}
