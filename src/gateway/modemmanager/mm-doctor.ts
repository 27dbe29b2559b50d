import type { Finding } from '../../message/capabilities.ts'
import type { FindingCode } from '../../message/finding-codes.ts'
import type { CallFailure } from './dbus.ts'
import type { Choice } from './mm-choice.ts'
import type { Shown } from './mm-state.ts'

/** What is known of a gateway when it is examined. */
export interface Known {
  readonly id: string
  readonly bus: string
  /** Why ModemManager can't be reached. */
  readonly failure: CallFailure | null
  readonly choice: Choice
  readonly shown: Shown | null
  /** What it could not do with the modem. */
  readonly trouble: CallFailure | Error | null
}

const denied = /\.(AccessDenied|Unauthorized|AuthFailed|InteractiveAuthorizationRequired)$/
const absent = /\.(ServiceUnknown|NameHasNoOwner|Spawn\..*)$/

/** What it can't do, whatever the modem. */
const limits: Finding = {
  severity: 'ok',
  code: null,
  finding: 'ModemManager limits what the hub can know and do',
  fix: null,
  lines: [
    'no answer to Send within 290 s, or a lost ModemManager or bus: in doubt',
    'an error with a text of several parts: in doubt, as the first parts may be out',
    'a long text has one report, which is that of its last part',
    'validity is relative, in the steps of TP-VP',
    'causes of the network are not shown: they are in the log of ModemManager',
    'the storage and its size are not shown',
    'parts of a long text whose others never come stay in ModemManager',
  ],
}

/** What keeps the gateway from working, and what to do. */
export function findingsOf(known: Known): Finding[] {
  const { id, failure, choice, shown, trouble } = known
  const keys = `gateways.${id}`
  if (failure !== null) return [ofService(failure, known)]
  if (choice.path === null) {
    const fix = `plug it in; look at mmcli -L; correct ${keys}.modem`
    return [error(choice.reason, fix, [], null)]
  }
  const findings: Finding[] = []
  if (trouble !== null && denied.test(trouble.name))
    findings.push(error('the hub may not use ModemManager', permission, [trouble.message], null))
  else if (trouble !== null) findings.push(error(trouble.message, fixOf(shown, keys), [], codeOf(shown)))
  if (shown?.obstacle === null) {
    const at = `${shown.operator ?? 'a network'}, ${shown.signal_percent ?? '?'} % signal`
    findings.push({ severity: 'ok', code: 'registered', finding: 'registered', fix: null, lines: [at] })
  } else if (shown !== null && trouble === null)
    findings.push(error(shown.obstacle ?? '', fixOf(shown, keys), [], codeOf(shown)))
  return [...findings, limits]
}

const permission =
  'run the hub as root, or allow its user org.freedesktop.ModemManager1.Device.Control and .Messaging by a rule of polkit'

function ofService({ name, message }: CallFailure, { id, bus }: Known): Finding {
  if (denied.test(name)) return error('the hub may not use ModemManager', permission, [message], null)
  if (absent.test(name))
    return error(
      'ModemManager does not run',
      'install it: apt-get install modemmanager; systemctl start ModemManager',
      [message],
    )
  const fix = `start D-Bus, mount its socket into the container, or correct gateways.${id}.bus`
  return error(`the message bus at ${bus} can not be used`, fix, [message])
}

function error(
  finding: string,
  fix: string | null,
  lines: readonly string[] = [],
  code: FindingCode | null = null,
): Finding {
  return { severity: 'error', code, finding, fix, lines }
}

function codeOf(shown: Shown | null): FindingCode | null {
  if (shown?.sim === 'missing') return 'sim_missing'
  if (shown?.sim === 'pin') return 'sim_pin'
  if (shown?.sim === 'puk') return 'sim_puk'
  if (shown?.status === 'sim_locked') return 'sim_operator_lock'
  return shown?.status === 'degraded' ? 'not_registered' : null
}

function fixOf(shown: Shown | null, keys: string): string | null {
  switch (codeOf(shown)) {
    case 'sim_missing':
      return 'insert the SIM, with the modem unplugged'
    case 'sim_pin':
      return `set ${keys}.pin`
    case 'sim_puk':
      return 'unlock it in a telephone: the hub never enters a PUK'
    case 'sim_operator_lock':
      return 'unlock the modem, or use the SIM it was sold with'
    case 'not_registered':
      return 'check the antenna and the contract of the SIM'
    default:
      return 'look at mmcli -m any, and at the log of ModemManager'
  }
}
