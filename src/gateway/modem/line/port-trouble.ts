import { readFileSync, statSync } from 'node:fs'
import { Fault } from '../../../message/fault.ts'
import { freeing, type Holder, holdersOf } from './holders.ts'

/** A problem of a port, its fix, and the lines that show it, as `modem doctor` prints them. */
export interface PortTrouble {
  readonly finding: string
  readonly fix: string | null
  readonly lines: readonly string[]
}

/** A Fault with the trouble in its detail. */
export function portFault(port: string, trouble: PortTrouble, cause?: Error): Fault {
  const { finding, fix, lines } = trouble
  const message = `${port}: ${finding}${fix === null ? '' : `; ${fix}`}`
  return new Fault('port_failed', message, { port, finding, fix, lines }, cause)
}

/** Why a path is no modem, where there is no fix. */
export function notAModem(port: string, finding: string, lines: readonly string[] = []): Fault {
  return portFault(port, { finding, fix: null, lines })
}

/** Another program has it open. */
export function held(port: string, holder: Holder): Fault {
  const lines = [`/proc/${holder.pid}/fd: ${holder.name} has ${port} open`]
  return portFault(port, { finding: `${holder.name} (process ${holder.pid}) holds it`, fix: freeing(holder), lines })
}

interface Remedy {
  readonly pattern: RegExp
  readonly finding: string
  readonly fix?: string
}

const busy = /cannot lock|busy|temporarily unavailable|EBUSY/i
const forbidden = /permission|EACCES|access denied/i

/** Why a port can't be opened, and what to do. */
const remedies: readonly Remedy[] = [
  {
    pattern: /no such file|cannot find|ENOENT/i,
    finding: 'there is no such port',
    fix: 'is the modem plugged in? smshub modem list shows the ports that are there',
  },
  {
    pattern: busy,
    finding: 'another program holds it',
    fix: 'often it is ModemManager: sudo systemctl disable --now ModemManager',
  },
  { pattern: /is a directory|inappropriate ioctl|not a tty|EISDIR|ENOTTY/i, finding: 'that is no serial port' },
  { pattern: /ECONNREFUSED/i, finding: 'nothing listens there' },
  { pattern: /ENOTFOUND|EAI_AGAIN/i, finding: 'the host name is not known' },
]

/** Why the system did not open a port. */
export function notOpened(port: string, error: Error): Fault {
  const lines = [`open: ${error.message}`]
  if (forbidden.test(error.message)) return portFault(port, permissionTrouble(port, lines), error)
  const remedy = remedies.find(({ pattern }) => pattern.test(error.message))
  const [holder] = remedy?.pattern === busy ? holdersOf(port) : []
  if (holder !== undefined) return held(port, holder)
  return portFault(port, { finding: remedy?.finding ?? error.message, fix: remedy?.fix ?? null, lines }, error)
}

/** Whom the port is for, and who asks. */
function permissionTrouble(port: string, lines: readonly string[]): PortTrouble {
  const finding = 'no permission'
  const { getuid, getgroups } = process
  const stat = statOf(port)
  if (stat === null || getuid === undefined || getgroups === undefined)
    return { finding, fix: 'add the user to the group dialout and log in again', lines }
  const group = groupName(stat.gid)
  const fix =
    (stat.mode & 0o060) === 0o060
      ? `sudo usermod -aG ${group} <user>, and log in again; in a container group_add: ["${stat.gid}"]`
      : `sudo chmod g+rw ${port} (its group is ${group}), until it is plugged in again; for good by a udev rule`
  const owner = `mode ${(stat.mode & 0o777).toString(8)}, owner ${stat.uid}, group ${group}`
  return {
    finding,
    fix,
    lines: [...lines, `${port}: ${owner}`, `this user: ${getuid()}, groups ${getgroups().join(' ')}`],
  }
}

function statOf(path: string) {
  try {
    return statSync(path)
  } catch {
    return null
  }
}

function groupName(gid: number): string {
  try {
    const row = readFileSync('/etc/group', 'utf8')
      .split('\n')
      .map((line) => line.split(':'))
      .find(([, , id]) => id === String(gid))
    return row?.[0] ?? String(gid)
  } catch {
    return String(gid)
  }
}
