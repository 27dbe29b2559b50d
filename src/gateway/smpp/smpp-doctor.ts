import type { Finding } from '../../message/capabilities.ts'
import type { SmppBind } from './smpp-bind.ts'
import type { BindFailure } from './smpp-failure.ts'
import type { SmppOptions } from './smpp-options.ts'

interface Diagnosis {
  readonly fits: (failure: BindFailure, options: SmppOptions) => boolean
  readonly finding: string
  /** `<keys>` is replaced by the row of the gateway in the configuration. */
  readonly fix: string
}

const status =
  (...values: readonly number[]) =>
  ({ status }: BindFailure) =>
    status !== null && values.includes(status)
const code =
  (pattern: RegExp) =>
  ({ code }: BindFailure) =>
    code !== null && pattern.test(code)

/** Why there is no bind, the most specific first (SMPP 3.4 clause 5.1.3; error codes of Node.js and OpenSSL). */
const diagnoses: readonly Diagnosis[] = [
  { fits: status(0x0e), finding: 'the SMSC does not know this password', fix: 'correct <keys>.password' },
  { fits: status(0x0f), finding: 'the SMSC does not know this system_id', fix: 'correct <keys>.system_id' },
  {
    fits: status(0x53),
    finding: 'the SMSC does not take this system_type',
    fix: 'set <keys>.system_type as the contract names it, or leave it out',
  },
  {
    fits: status(0x05),
    finding:
      'this account is bound already: an earlier connection has not ended at the SMSC, or another program has it',
    fix: 'wait two minutes; else find the other program, or ask the carrier how many binds the account has',
  },
  {
    fits: status(0x04),
    finding: 'the account may not bind like this',
    fix: 'set <keys>.bind to both or to transmitter, as the contract has it',
  },
  {
    fits: status(0x0d),
    finding: 'the SMSC refuses the bind without a reason',
    fix: 'ask the carrier whether this address is allowed; check <keys>.password and .bind',
  },
  {
    fits: code(/^ERR_TLS_CERT_ALTNAME_INVALID$/),
    finding: 'the certificate is for another name than the host',
    fix: 'set <keys>.host to the name in the certificate, or <keys>.tls.server_name',
  },
  {
    fits: code(/SELF_SIGNED|UNABLE_TO|CERT_/),
    finding: 'the certificate of the SMSC is not trusted',
    fix: 'set <keys>.tls.ca to the PEM file of its authority',
  },
  {
    fits: code(/SSL|TLS|EPROTO/),
    finding: 'there is no TLS at this port, or none that fits',
    fix: 'leave out <keys>.tls, or use the port for TLS',
  },
  {
    fits: code(/^ENOTFOUND$|^EAI_AGAIN$/),
    finding: 'there is no such host',
    fix: 'correct <keys>.host, or the DNS of this machine',
  },
  {
    fits: code(/^ECONNREFUSED$/),
    finding: 'nothing listens at this port',
    fix: 'correct <keys>.host and .port',
  },
  {
    fits: ({ at }) => at === 'connect',
    finding: 'the SMSC can not be reached',
    fix: 'check the network and firewall; ask the carrier whether this address is allowed',
  },
  {
    fits: ({ at, status }, { tls }) => at === 'bind' && status === null && tls === null,
    finding: 'the SMSC does not answer the bind',
    fix: 'ask the carrier whether this address is allowed, and whether the port needs TLS (<keys>.tls: true)',
  },
  {
    fits: ({ at, status }) => at === 'bind' && status === null,
    finding: 'the SMSC does not answer the bind',
    fix: 'ask the carrier whether this address is allowed',
  },
  {
    fits: ({ at }) => at === 'bind',
    finding: 'the SMSC refuses the bind',
    fix: 'ask the carrier about the command_status',
  },
]

const lostBind = { finding: 'the connection has ended', fix: 'it is made again; if it ends often, ask the carrier' }

/** What keeps each bind from being there. */
export function examineBinds(binds: readonly SmppBind[], options: SmppOptions): Finding[] {
  return binds.map(({ role, bound, failure }) => {
    if (bound !== null) {
      const lines = [`bind_${role} at ${bound.address}, ${bound.peer === '' ? 'which has no name' : bound.peer}`]
      return { severity: 'ok', code: null, finding: `bound as ${role}`, fix: null, lines }
    }
    if (failure === null) {
      const finding = `the bind as ${role} is under way`
      return { severity: 'warning', code: null, finding, fix: 'wait half a minute and try again', lines: [] }
    }
    const { finding, fix } = diagnoses.find(({ fits }) => fits(failure, options)) ?? lostBind
    const keys = `gateways.${options.id}`
    return { severity: 'error', code: null, finding, fix: fix.replaceAll('<keys>', keys), lines: [failure.text] }
  })
}
