import { existsSync, readdirSync, realpathSync } from 'node:fs'
import { join } from 'node:path'
import { type LoadOptions, loadConfig } from '../config/load.ts'
import { examine, portFinding } from '../gateway/modem/doctor.ts'
import { useOf, withoutPort } from '../gateway/modem/hardware/known-modems.ts'
import { probe } from '../gateway/modem/hardware/probe.ts'
import { serialPorts, type TtyPort, usbDevices } from '../gateway/modem/hardware/usb.ts'
import { holdersOf } from '../gateway/modem/line/holders.ts'
import { notAModem } from '../gateway/modem/line/port-trouble.ts'
import type { AtReply, Finding } from '../message/capabilities.ts'
import { Fault } from '../message/fault.ts'
import { isUssd } from '../message/ussd-code.ts'
import { escaped } from '../util/escape.ts'
import { type CliContext, exitCodes } from './context.ts'
import { request } from './control.ts'
import { gatewayAt, gatewayLines, runningGateways } from './gateway-states.ts'
import { isPath, onPort, openNamed } from './named-port.ts'

interface Output {
  readonly json: boolean
}

/** `modem list`: gateways of the running hub, plugged-in ports, and their use by the hub. Opens no port. */
export async function listModems(
  { stdout, stderr, devices }: CliContext,
  { json }: Output,
  load: LoadOptions,
): Promise<number> {
  const states = await runningGateways(load)
  const names = stableNames()
  const rows = serialPorts(devices).map((port) => {
    const [holder] = holdersOf(port.path)
    return {
      path: port.path,
      stable: names.get(port.path) ?? null,
      usb: port.usb === null ? null : `${port.usb.vendor}:${port.usb.product}`,
      name: port.usb?.name ?? null,
      ...meaningOf(port),
      gateway: gatewayAt(port.path, states),
      held_by: holder === undefined ? null : `${holder.name} (${holder.pid})`,
    }
  })
  const hidden = withoutPort(usbDevices(devices)).map(({ usb, finding, fix }) => ({ usb, finding, fix }))
  const gateways = Object.entries(states).map(([gateway, state]) => ({ gateway, ...state }))
  if (json) for (const row of [...gateways, ...rows, ...hidden]) stdout.write(`${JSON.stringify(row)}\n`)
  else {
    for (const [id, state] of Object.entries(states)) stdout.write(`${gatewayLines(id, state).join('\n')}\n`)
    for (const row of rows) {
      const shown = [
        row.path,
        row.usb ?? '-',
        row.name ?? '-',
        row.use,
        ...(row.gateway !== null
          ? [`gateway ${row.gateway} has it`]
          : row.held_by === null
            ? []
            : [`held by ${row.held_by}`]),
      ]
      stdout.write(`${shown.map(escaped).join('  ')}\n`)
      if (row.stable !== null) stdout.write(`    ${row.stable}\n`)
    }
    for (const { usb, finding, fix } of hidden) stdout.write(`${usb}  ${finding}: ${fix}\n`)
    if (rows.length === 0 && hidden.length === 0) stderr.write('no serial port is plugged in\n')
  }
  return exitCodes.ok
}

function meaningOf(port: TtyPort): { readonly kind: string; readonly use: string } {
  const use = useOf(port)
  switch (use.what) {
    case 'modem':
      return { kind: 'modem', use: `${use.name}: found by path: auto` }
    case 'other':
      return { kind: 'other', use: `${use.name}: another port of the modem, left alone` }
    case 'adapter':
      return { kind: 'adapter', use: `${use.name}: anything can be behind it; smshub modem probe ${port.path}` }
    default:
      return { kind: 'unknown', use: `not known as a modem; smshub modem probe ${port.path}` }
  }
}

/** `modem probe`: opens a port and identifies the modem. */
export async function probeModem(
  context: CliContext,
  path: string,
  { json }: Output,
  load: LoadOptions,
): Promise<number> {
  const { stdout } = context
  const states = await runningGateways(load)
  const gateway = gatewayAt(path, states)
  const state = gateway === null ? undefined : states[gateway]
  if (gateway !== null && state !== undefined) {
    // Two programs on one modem would receive each other's answers.
    if (json) stdout.write(`${JSON.stringify({ path, is: 'gateway', gateway, state })}\n`)
    else stdout.write(`${gatewayLines(gateway, state).join('\n')}\n`)
    return exitCodes.ok
  }
  const port = await openNamed(context, path)
  try {
    const found = await probe(port, context.clock)
    if (json) stdout.write(`${JSON.stringify({ path, ...found })}\n`)
    else if (found.is === 'modem') {
      const { manufacturer, model, firmware, imei } = found.identity
      stdout.write(`${path}: ${manufacturer ?? ''} ${model ?? ''}, firmware ${firmware ?? '-'}, IMEI ${imei}\n`)
      stdout.write(`SIM: ${found.sim}\ngateways: { home: { type: modem, path: "${path}" } }\n`)
    }
    if (found.is === 'modem') return exitCodes.ok
    throw notAModem(path, found.reason, found.lines)
  } finally {
    await port.close()
  }
}

/** `modem at`: through the running hub for one of its gateways, else on a port of its own. */
export async function sendToModem(
  context: CliContext,
  target: string,
  text: string,
  load: LoadOptions,
): Promise<number> {
  if (!/^at[ -~]*$/i.test(text)) throw new Fault('invalid_payload', `"${text}" is not an AT command like AT+CSQ`)
  const gateway = await gatewayOf(target, load)
  const lines =
    gateway === null
      ? await onPort(context, target, async (ask) => linesOf(await ask(text)))
      : linesOf(await hub<AtReply>(load, gateway, 'at', { text }))
  for (const line of lines) context.stdout.write(`${line}\n`)
  return lines.at(-1) === 'OK' ? exitCodes.ok : exitCodes.failure
}

/** `modem trace`: recent traffic on the line, for a bug report. */
export async function traceModem(context: CliContext, target: string, load: LoadOptions): Promise<number> {
  const { trace } = await hub<{ trace: string }>(load, await namedGateway(target, load), 'trace')
  context.stdout.write(trace)
  return exitCodes.ok
}

/** `modem ussd`: sends a USSD code through the running hub. */
export async function askNetwork(
  context: CliContext,
  target: string,
  codes: readonly string[],
  load: LoadOptions,
): Promise<number> {
  const gateway = await namedGateway(target, load)
  if (!isUssd(codes)) throw new Fault('invalid_payload', 'a USSD code looks like *100#; choices in its menus follow it')
  const [code, ...menu] = codes
  const { text } = await hub<{ text: string }>(load, gateway, 'ussd', { code, menu })
  context.stdout.write(`${text}\n`)
  return exitCodes.ok
}

/** `modem restart`: a recovery that the hub otherwise does by itself. */
export async function restartModem(
  context: CliContext,
  target: string,
  how: string,
  load: LoadOptions,
): Promise<number> {
  const gateway = await namedGateway(target, load)
  await hub(load, gateway, 'restart', { how })
  context.stdout.write(`${gateway} is restarted (${how}); smshub modem list shows when it is ready again\n`)
  return exitCodes.ok
}

/** `modem doctor`: the problem, its fix, and the lines that prove it. */
export async function examineModem(
  context: CliContext,
  target: string,
  { json }: Output,
  load: LoadOptions,
): Promise<number> {
  const gateway = await gatewayOf(target, load)
  const findings =
    gateway === null
      ? await onPort(context, target, (ask) => examine(ask, target)).catch((error) => [portFinding(error)])
      : (await hub<{ findings: readonly Finding[] }>(load, gateway, 'doctor')).findings
  for (const finding of findings) {
    if (json) context.stdout.write(`${JSON.stringify(finding)}\n`)
    else {
      const mark = { error: 'ERROR', warning: 'warning', ok: 'ok' }[finding.severity]
      context.stdout.write(`${mark}: ${finding.finding}\n`)
      if (finding.fix !== null) context.stdout.write(`  -> ${finding.fix}\n`)
      for (const line of finding.lines) context.stdout.write(`     ${line}\n`)
    }
  }
  return findings.some(({ severity }) => severity === 'error') ? exitCodes.failure : exitCodes.ok
}

/** A reply for display. */
function linesOf({ lines, final }: AtReply): string[] {
  if (final.kind === 'timeout') return [...lines, '(no answer)']
  if (final.kind === 'lost') return [...lines, '(the port was lost)']
  return [...lines, final.text ?? '']
}

/** A gateway by its name or by its open port; null for a port of no gateway. */
async function gatewayOf(target: string, load: LoadOptions): Promise<string | null> {
  return isPath(target) ? gatewayAt(target, await runningGateways(load)) : target
}

/** Calls the running hub. */
async function namedGateway(target: string, load: LoadOptions): Promise<string> {
  const gateway = await gatewayOf(target, load)
  if (gateway !== null) return gateway
  throw new Fault(
    'no_gateway',
    `${target} is not a gateway or port of the running hub, which has to do this; smshub modem list shows them`,
  )
}

async function hub<T>(load: LoadOptions, gateway: string, what: string, body: object = {}): Promise<T> {
  try {
    return await request<T>(loadConfig(load).dataFolder, `gateway/${what}`, { gateway, ...body })
  } catch (error) {
    const fault = Fault.from(error)
    if (!fault.message.startsWith('no hub runs')) throw fault
    throw new Fault('no_gateway', `${fault.message}; or name a port, for example /dev/ttyUSB2`)
  }
}

/** Names that remain when the numbers of the ttys change. */
function stableNames(): Map<string, string> {
  const names = new Map<string, string>()
  for (const folder of ['/dev/serial/by-path', '/dev/serial/by-id']) {
    const present = existsSync(folder) ? readdirSync(folder) : []
    for (const path of present.map((name) => join(folder, name)).filter(existsSync)) names.set(realpathSync(path), path)
  }
  return names
}
