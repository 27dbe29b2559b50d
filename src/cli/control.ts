import { createHash } from 'node:crypto'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Fault } from '../message/fault.ts'

/** A socket's path has to fit into some hundred octets on every system. */
const longestPath = 100

/** Where the hub of a data folder listens for its own command line. */
export function controlPath(dataFolder: string): string {
  const hash = createHash('sha256').update(dataFolder).digest('hex').slice(0, 16)
  if (process.platform === 'win32') return `\\\\.\\pipe\\smshub-${hash}`
  const path = join(dataFolder, 'smshub.sock')
  return Buffer.byteLength(path) <= longestPath ? path : join(tmpdir(), `smshub-${hash}.sock`)
}

/** Asks the running hub; null when none runs on this data folder. */
export function askHub(
  dataFolder: string,
  method: 'GET' | 'POST',
  path: string,
  body?: unknown,
): Promise<string | null> {
  return new Promise((resolve, reject) => {
    const asked = request(
      { socketPath: controlPath(dataFolder), method, path, headers: { 'content-type': 'application/json' } },
      (response) => {
        let text = ''
        response.setEncoding('utf8')
        response.on('data', (chunk) => {
          text += chunk
        })
        response.on('end', () => {
          if ((response.statusCode ?? 500) < 300) resolve(text)
          else reject(new Fault('internal', errorIn(text) ?? `the hub answered ${response.statusCode}`))
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

/** Asks the running hub a verb of its desk. Fails with what the hub says, or when none runs. */
export async function askDesk<T>(
  dataFolder: string,
  verb: string,
  body: Readonly<Record<string, unknown>> = {},
): Promise<T> {
  const answer = await askHub(dataFolder, 'POST', `/ask/${verb}`, body)
  if (answer !== null) return (JSON.parse(answer) as { answer: T }).answer
  const way = 'start it with smshub, or name its folder with --data'
  throw new Fault('invalid_config', `no hub runs on ${dataFolder}: ${way}`)
}

function errorIn(text: string): string | undefined {
  try {
    return (JSON.parse(text) as { error?: string }).error
  } catch {
    return undefined
  }
}
