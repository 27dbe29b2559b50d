import { createHash } from 'node:crypto'
import { existsSync, lstatSync, mkdirSync, type Stats } from 'node:fs'
import { request as httpRequest } from 'node:http'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { Fault } from '../message/fault.ts'

/** The path of a socket is limited to about a hundred octets on all systems. */
const maxPathOctets = 100

/** The socket of the hub of a data folder for the command line. */
export function controlPath(dataFolder: string): string {
  const hash = createHash('sha256').update(dataFolder).digest('hex').slice(0, 16)
  if (process.platform === 'win32') return `\\\\.\\pipe\\smshub-${hash}`
  const path = join(dataFolder, 'smshub.sock')
  if (Buffer.byteLength(path) <= maxPathOctets && existsSync(dataFolder)) return path
  // Named by the owner of the data folder, who runs the hub: so root's command line finds the hub of another user.
  return join(tmpdir(), `smshub-${ownerOf(dataFolder)}`, `${hash}.sock`)
}

/** Makes the folder of the socket, where it is outside the data folder. Fails when it belongs to another user. */
export function prepareControl(dataFolder: string): string {
  const path = controlPath(dataFolder)
  const folder = dirname(path)
  if (process.platform === 'win32' || folder === dataFolder) return path
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  assertOurs(folder, dataFolder)
  return path
}

/** Whether the socket exists. Fails when it belongs to another user, who would receive secrets. */
function isThere(dataFolder: string): boolean {
  const path = controlPath(dataFolder)
  if (process.platform === 'win32') return true
  if (look(path) === null) return false
  if (dirname(path) !== dataFolder) assertOurs(dirname(path), dataFolder)
  assertOurs(path, dataFolder)
  return true
}

function assertOurs(path: string, dataFolder: string): void {
  const seen = look(path)
  const trusted = [0, process.getuid?.(), ownerOf(dataFolder)]
  if (seen === null || (trusted.includes(seen.uid) && !seen.isSymbolicLink() && (seen.mode & 0o022) === 0)) return
  const reason = 'belongs to another user, or others may write to it'
  throw new Fault('not_allowed', `${path} ${reason}: it is not the hub's; remove it, or use a shorter --data path`)
}

function look(path: string): Stats | null {
  return lstatSync(path, { throwIfNoEntry: false }) ?? null
}

const ownerOf = (dataFolder: string): number => look(dataFolder)?.uid ?? process.getuid?.() ?? 0

/**
 * Sends a request to the hub; null when none runs on this data folder. Rejects statuses over 299, except `expected`.
 */
export async function askHub(
  dataFolder: string,
  method: 'GET' | 'POST',
  path: string,
  body?: unknown,
  expected: readonly number[] = [],
): Promise<string | null> {
  if (!isThere(dataFolder)) return null
  return new Promise((resolve, reject) => {
    const asked = httpRequest(
      { socketPath: controlPath(dataFolder), method, path, headers: { 'content-type': 'application/json' } },
      (response) => {
        let text = ''
        response.setEncoding('utf8')
        response.on('data', (chunk) => {
          text += chunk
        })
        response.on('end', () => {
          const status = response.statusCode ?? 500
          if (status < 300 || expected.includes(status)) resolve(text)
          else reject(new Fault('internal', errorIn(text) ?? `the hub answered ${status}`))
        })
      },
    )
    asked.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT' || error.code === 'ECONNREFUSED') resolve(null)
      else reject(error)
    })
    asked.end(body === undefined ? undefined : JSON.stringify(body))
  })
}

/** Carries out an operation in the running hub. Fails with the hub's fault, or when none runs. */
export async function request<T>(
  dataFolder: string,
  path: string,
  body: Readonly<Record<string, unknown>> = {},
): Promise<T> {
  const answer = await askHub(dataFolder, 'POST', `/ask/${path}`, body)
  if (answer !== null) return (JSON.parse(answer) as { answer: T }).answer
  const way = 'start it with smshub (also with --dry-run), or name its folder with --data'
  throw new Fault('invalid_config', `no hub runs on ${dataFolder}: ${way}`)
}

function errorIn(text: string): string | undefined {
  try {
    return (JSON.parse(text) as { error?: string }).error
  } catch {
    return undefined
  }
}
