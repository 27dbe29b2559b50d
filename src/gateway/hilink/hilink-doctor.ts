import type { Finding } from '../../message/capabilities.ts'
import type { CommonState } from '../../message/gateway-state.ts'
import type { HilinkOptions } from './hilink-options.ts'
import { hilinkCodes, type Reply } from './hilink-session.ts'

/** What the last look has shown. */
export interface Seen {
  readonly reply: Reply | null
  /** `ServiceStatus` of `monitoring/status`. */
  readonly service: string | null
  readonly trouble: string | null
}

const words: Readonly<Record<number, string>> = {
  [hilinkCodes.notSupported]: 'the box does not have this function',
  [hilinkCodes.loginNeeded]: 'the box wants a login',
  [hilinkCodes.busy]: 'the box is busy',
  [hilinkCodes.wrongFormat]: 'the box can not read the request',
  [hilinkCodes.wrongUser]: 'the box does not know this user',
  [hilinkCodes.wrongPassword]: 'the box does not accept this password',
  [hilinkCodes.wrongAccount]: 'the box does not accept this user and password',
  [hilinkCodes.lockedOut]: 'the box has locked its login after wrong passwords',
  [hilinkCodes.smsBusy]: 'the box is still sending another text',
}

export function troubleOf(reply: Reply): string {
  if (reply.kind === 'ok') return ''
  if (reply.kind !== 'error') return reply.reason
  const { code } = reply
  const session = code >= 125_001 && code <= 125_003 ? 'the box refuses each new session' : 'the box answered'
  return `${words[code] ?? session}, error ${code}`
}

/** What keeps texts from being sent, and what to do about it. */
export function findingsOf({ id, address }: HilinkOptions, status: CommonState['status'], seen: Seen): Finding[] {
  const keys = `gateways.${id}`
  const found = (severity: Finding['severity'], finding: string, fix: string | null): Finding => ({
    severity,
    code: null,
    finding,
    fix,
    lines: seen.trouble === null ? [] : [seen.trouble],
  })
  const { reply, service } = seen
  if (reply === null) return [found('warning', 'it was not asked yet', null)]
  if (reply.kind === 'unsent' || reply.kind === 'doubt')
    return [found('error', `${address} can't be reached`, `check the cable and ${keys}.address`)]
  if (reply.kind === 'error') return [found('error', troubleOf(reply), fixOf(reply.code, keys))]
  const unproven = found(
    'warning',
    'not proven with this box: its login',
    'try a text to yourself, and report it: boxes differ by their firmware',
  )
  if (status === 'no_sim')
    return [found('error', 'there is no SIM, or it is not ready', 'insert it, and restart the box')]
  if (status === 'sim_locked')
    return [found('error', 'the SIM wants its PIN or PUK', `enter it at ${address}, and switch the request for it off`)]
  if (service !== null && service !== '2')
    return [found('error', 'there is no network', 'check the antenna and the plan of the SIM'), unproven]
  return [found('ok', 'it answers, and has a network', null), unproven]
}

function fixOf(code: number, keys: string): string {
  if (code === hilinkCodes.lockedOut) return `correct ${keys}.password, and wait until the box takes logins again`
  if (code === hilinkCodes.loginNeeded) return `set ${keys}.password to that of its page`
  if (code >= 108_001 && code <= 108_006) return `correct ${keys}.user and .password`
  if (code >= 125_001 && code <= 125_003) return 'close the page of the box in all browsers, and restart the box'
  return 'restart the box'
}
