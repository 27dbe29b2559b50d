import type { Finding } from '../../message/capabilities.ts'
import { Fault } from '../../message/fault.ts'
import type { FindingCode } from '../../message/finding-codes.ts'
import { cardIn } from './card.ts'
import type { Reply } from './line/channel.ts'
import { registrationIn, signalIn } from './line/parse.ts'
import type { PortTrouble } from './line/port-trouble.ts'
import { isUsable } from './observe.ts'

/** Sends a command to the modem. */
export type AskModem = (text: string) => Promise<Reply>

interface Look {
  readonly ask: string
  /** Null where there is nothing to report. */
  readonly judge: (reply: Reply) => Omit<Finding, 'lines'> | null
  /** The checks after it make no sense where it finds an error. */
  readonly stops?: true
}

const error = (code: FindingCode, finding: string, fix: string) => ({ severity: 'error', code, finding, fix }) as const
const warning = (code: FindingCode, finding: string, fix: string) =>
  ({ severity: 'warning', code, finding, fix }) as const
const fine = (code: FindingCode, finding: string) => ({ severity: 'ok', code, finding, fix: null }) as const

/** The checks of a modem, causes before effects. */
const looks: readonly Look[] = [
  {
    ask: 'AT+CPIN?',
    stops: true,
    judge: (reply) => {
      const { card, words } = cardIn(reply) ?? { card: null, words: '' }
      if (card === 'ready') return fine('sim_ready', 'the SIM is ready')
      if (card === 'missing' && /^\+CM[ES] ERROR: *3?1[35]$|^SIM (FAIL|ERR|WRONG)/i.test(words))
        return error('sim_broken', `the SIM is broken or dirty (${words})`, 'clean it, or try another one')
      if (card === 'missing')
        return error(
          'sim_missing',
          'there is no SIM in the modem',
          'insert one; some modems detect it only after being plugged in again',
        )
      if (card === 'pin') return error('sim_pin', 'the SIM requires its PIN', 'set pin: under the gateway')
      if (card === 'puk')
        return error(
          'sim_puk',
          'the SIM is blocked and requires its PUK',
          'unlock it in a telephone: the hub never enters a PUK',
        )
      if (card === 'other_operators')
        return error(
          'sim_operator_lock',
          `the modem takes only its operator's SIM (${words})`,
          'unlock the modem, or use the SIM it was sold with',
        )
      return warning('sim_unknown', 'the modem does not report the state of the SIM', 'wait a minute and try again')
    },
  },
  {
    ask: 'AT+CFUN?',
    stops: true,
    judge: ({ lines }) => {
      const [, functionality] = /^\+CFUN: *(\d+)/.exec(find(lines, '+CFUN:')) ?? []
      if (functionality === undefined || functionality === '1') return null
      return error(
        'radio_off',
        `the radio is switched off (+CFUN: ${functionality})`,
        'smshub modem at <gateway> AT+CFUN=1',
      )
    },
  },
  {
    ask: 'AT+CREG?',
    judge: ({ lines }) => registrationFinding(lines, '+CREG:'),
  },
  { ask: 'AT+CEREG?', judge: ({ lines }) => registrationFinding(lines, '+CEREG:') },
  {
    ask: 'AT+CSQ',
    judge: ({ lines }) => {
      const signal = signalIn(lines)
      if (signal === null) return warning('signal_unknown', 'the signal is unknown', 'check the antenna')
      if (signal.dbm < -97)
        return warning(
          'signal_weak',
          `the signal is weak: ${signal.dbm} dBm`,
          'move the antenna, or the modem with a longer cable',
        )
      return fine('signal_fine', `the signal is ${signal.dbm} dBm`)
    },
  },
  {
    ask: 'AT+CSCA?',
    judge: ({ lines, final }) => {
      if (final.kind !== 'ok') return null
      const [, number = ''] = /^\+CSCA: *"([^"]*)"/.exec(find(lines, '+CSCA:')) ?? []
      if (/\d/.test(number)) return fine('centre_known', 'the SIM has the number of a service centre')
      return error(
        'centre_missing',
        'the SIM has no number of a service centre: every SMS is refused with 330',
        'smshub modem at <gateway> \'AT+CSCA="+<number of your operator>"\'',
      )
    },
  },
  {
    ask: 'AT+CPMS?',
    judge: ({ lines }) => {
      const levels = [...find(lines, '+CPMS:').matchAll(/"([A-Z]{2})" *, *(\d+) *, *(\d+)/g)]
      const full = levels.find(([, , used, total]) => Number(total) > 0 && Number(used) >= Number(total))
      if (full === undefined) return null
      return error(
        'messages_full',
        `the storage ${full[1]} is full (${full[2]} of ${full[3]}): nothing more comes in`,
        'the hub empties it while it runs; what it can not read can be deleted with smshub modem at <gateway> AT+CMGD=<index>',
      )
    },
  },
  {
    ask: 'AT+CLCK="AO",2',
    judge: ({ lines }) =>
      /^\+CLCK: *1/.test(find(lines, '+CLCK:'))
        ? error('barred', 'outgoing traffic is barred on this SIM', 'lift the barring at the operator')
        : null,
  },
  {
    ask: 'AT+CGSMS?',
    judge: ({ lines }) =>
      /^\+CGSMS: *0/.test(find(lines, '+CGSMS:'))
        ? warning(
            'packet_only',
            'SMS go by packet data only, which not every network has',
            'smshub modem at <gateway> AT+CGSMS=3',
          )
        : null,
  },
]

/** Examines a modem that answers; `<gateway>` in a fix is replaced. */
export async function examine(ask: AskModem, gateway: string): Promise<Finding[]> {
  const findings: Finding[] = []
  for (const { ask: text, judge, stops } of looks) {
    const reply = await ask(text)
    const found = judge(reply)
    if (found === null) continue
    const final = reply.final.kind === 'timeout' || reply.final.kind === 'lost' ? '(no answer)' : reply.final.text
    const lines = [`> ${text}`, ...reply.lines.map((line) => `< ${line}`), `< ${final}`]
    findings.push({ ...found, fix: found.fix?.replaceAll('<gateway>', gateway) ?? null, lines })
    if (stops && found.severity === 'error') break
  }
  return networkOf(findings)
}

/** What keeps a port from being opened or from answering, as a finding. */
export function portFinding(error: unknown): Finding {
  const { message, detail } = Fault.from(error)
  const { finding = message, fix = null, lines = [] } = detail as Partial<PortTrouble>
  return { severity: 'error', code: null, finding, fix, lines }
}

/** One network is enough: what the other one lacks is no finding, unless it is the one of calls and texts. */
function networkOf(findings: readonly Finding[]): Finding[] {
  const about = (name: string) => findings.find(({ lines }) => lines[0] === `> AT+${name}?`)
  const [creg, cereg] = [about('CREG'), about('CEREG')]
  if (creg === undefined || cereg === undefined) return [...findings]
  if (creg.severity === 'ok' || cereg.severity !== 'ok') return findings.filter((one) => one !== cereg)
  const both = { ...lteOnly, lines: [...creg.lines, ...cereg.lines] }
  return findings.flatMap((one) => (one === creg ? [both] : one === cereg ? [] : [one]))
}

const lteOnly = warning(
  'lte_only',
  'only the LTE network has it (+CEREG), not the one for calls and texts (+CREG): texts go if the operator carries them over LTE',
  'where they do not: a SIM or an operator with SMS over LTE, or a network of 2G or 3G if the modem speaks one',
)

interface Refusal extends Omit<Finding, 'lines'> {
  readonly numbers: readonly number[]
}

/** The meaning of the network's last rejection (TS 24.011 annex E-2, TS 27.005 clause 3.2.5). */
const refusals: readonly Refusal[] = [
  {
    numbers: [8, 10],
    ...error(
      'sending_barred',
      'the network bars this SIM from sending',
      'is there credit? Ask the operator to lift the barring',
    ),
  },
  {
    numbers: [29, 50, 193],
    ...error(
      'no_sms_plan',
      'there is no route for SMS with this SIM on this network: its plan sends none',
      'a plan with SMS; many data and IoT plans have none',
    ),
  },
  {
    numbers: [69, 330],
    ...error(
      'centre_unknown',
      'the network does not know the service centre',
      'smshub modem at <gateway> \'AT+CSCA="+<number of your operator>"\'',
    ),
  },
  {
    numbers: [331],
    ...error(
      'no_sms_network',
      'there is no route for SMS on this network: it takes none from this modem',
      'where only LTE has it, the operator must carry SMS over LTE; else look at the antenna',
    ),
  },
]

/** The finding of a gateway's last error, where it is the network's; null for any other. */
export function refusalFinding(gateway: string, lastError: string | null): Finding | null {
  const number = Number(/^\+CMS ERROR: *(\d+)/.exec(lastError ?? '')?.[1])
  const row = refusals.find(({ numbers }) => numbers.includes(number))
  if (row === undefined) return null
  const { severity, code, finding, fix } = row
  return {
    severity,
    code,
    finding,
    fix: fix?.replaceAll('<gateway>', gateway) ?? null,
    lines: [`last_error: ${lastError}`],
  }
}

function registrationFinding(lines: readonly string[], name: string): Omit<Finding, 'lines'> | null {
  const line = find(lines, name)
  const network = line === '' ? null : registrationIn(line)
  if (network === null) {
    return /, *11\b/.test(line)
      ? error(
          'emergency_only',
          'the network takes this SIM for emergency calls in another network only: no SMS',
          'use another operator or modem',
        )
      : null
  }
  if (isUsable(network))
    return network === 'roaming' ? fine('roaming', 'it is roaming') : fine('registered', 'registered in a network')
  if (network === 'denied')
    return error(
      'network_refuses',
      'the network refuses this SIM',
      'is it activated and paid for, and this IMEI allowed? Try it in a telephone',
    )
  if (network === 'searching')
    return warning('network_searching', 'it is searching for a network', 'wait a minute; then check the antenna')
  return error(
    'not_registered',
    'not registered in any network',
    'look at the antenna, and whether the operator still runs a network that this modem speaks',
  )
}

function find(lines: readonly string[], name: string): string {
  return lines.find((line) => line.startsWith(name)) ?? ''
}
