import { loadConfig } from '../config/load.ts'
import { type CliContext, exitCodes } from './context.ts'
import { request } from './control.ts'
import type { RunOptions } from './run.ts'
import { tableLines } from './table-lines.ts'

interface Client {
  readonly system_id: string
  readonly binds: readonly { readonly role: string; readonly address: string; readonly since: string }[]
  readonly submitted: number
  readonly refused: number
  readonly delivered: number
  readonly waiting: number
}

const header = ['system_id', 'bound', 'from', 'since', 'submitted', 'refused', 'delivered', 'waiting']

/** `smpp list`: the systems that may bind to the running hub, with a line for each connection. */
export async function listSmppClients(
  { stdout, stderr }: CliContext,
  { json }: { readonly json: boolean },
  options: RunOptions,
): Promise<number> {
  const { clients } = await request<{ clients: readonly Client[] }>(loadConfig(options).dataFolder, 'smpp/list')
  if (json) for (const one of clients) stdout.write(`${JSON.stringify(one)}\n`)
  else if (clients.length === 0) stderr.write('nobody can bind: smppserver: of the configuration has the users\n')
  else for (const line of tableLines(header, clients.flatMap(rowsOf))) stdout.write(`${line}\n`)
  return exitCodes.ok
}

function rowsOf({ system_id: id, binds, submitted, refused, delivered, waiting }: Client): string[][] {
  const figures = [submitted, refused, delivered, waiting].map(String)
  const [first, ...others] = binds.map(({ role, address, since }) => [role, address, since])
  return [[id, ...(first ?? ['-', '-', '-']), ...figures], ...others.map((bind) => [id, ...bind, '', '', '', ''])]
}
