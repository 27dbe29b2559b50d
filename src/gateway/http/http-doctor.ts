import type { Finding } from '../../message/capabilities.ts'
import type { Exchanged } from './http-exchange.ts'
import type { HttpOptions } from './http-options.ts'

interface Seen {
  readonly options: HttpOptions
  readonly last: Exchanged | null
  readonly trouble: string | null
}

/** What keeps texts from being sent, or reports and texts from coming, and what to do about it. */
export function findingsOf({ options, last, trouble }: Seen): Finding[] {
  const { id, api, hookUrl } = options
  const keys = `gateways.${id}`
  const found = (
    severity: Finding['severity'],
    finding: string,
    fix: string | null,
    lines: string[] = [],
  ): Finding => ({
    severity,
    code: null,
    finding,
    fix,
    lines,
  })
  const lines = trouble === null ? [] : [trouble]
  return [
    ...connection(),
    ...(api.report === undefined && api.text === undefined && api.poll.length === 0
      ? [found('warning', 'it has no reports and brings no texts', null)]
      : []),
    ...(hookUrl !== null || api.poll.length > 0 || (api.report === undefined && api.text === undefined)
      ? []
      : [
          found(
            'warning',
            'the carrier does not reach the hub: there are no reports and no texts',
            `set http.url to the public https address of the hub, and ${keys}.webhooks to true`,
          ),
        ]),
    ...(hookUrl === null
      ? []
      : [found('ok', 'it takes webhooks', `have the carrier call ${hookUrl} with received texts`)]),
    ...(api.unproven.length === 0
      ? []
      : [
          found(
            'warning',
            `not proven with the carrier: ${api.unproven.join(', ')}`,
            'try a text to yourself, and report it',
          ),
        ]),
    ...(hookUrl !== null && api.signature.scheme === 'none'
      ? [found('warning', 'its webhooks are not signed: who knows their address can send texts', null)]
      : []),
  ]

  function connection(): Finding[] {
    if (last === null) return [found('ok', 'nothing was sent yet', null)]
    if (last.kind === 'unsent') {
      const fix = /CERT|TLS|SSL|SELF_SIGNED/.test(last.code ?? '')
        ? `set ${keys}.ca to the PEM file of its authority`
        : 'check the network, the DNS and the firewall of this machine'
      return [found('error', 'the carrier can not be reached', fix, lines)]
    }
    if (last.kind === 'unanswered') return [found('error', 'the carrier does not answer', 'ask the carrier', lines)]
    if (last.status === 401 || last.status === 403)
      return [
        found(
          'error',
          'the carrier does not accept this account',
          `correct ${keys}.user and .secret; ask whether this address is allowed`,
          lines,
        ),
      ]
    if (last.status === 402) return [found('error', 'the account has no credit', 'top it up', lines)]
    if (trouble !== null) return [found('warning', 'the last text was refused', 'see its error', lines)]
    return [found('ok', 'the last text was accepted', null)]
  }
}
