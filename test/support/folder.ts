import { appendFileSync, mkdtempSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A fresh folder that goes with the run of the tests. */
export function temporaryFolder(name = 'smshub-test-'): string {
  const folder = mkdtempSync(join(tmpdir(), name))
  appendFileSync(process.env.TEST_FOLDERS as string, `${folder}\n`)
  return folder
}

/** Below the ports that the system gives to outgoing connections: one of those could take it between two uses. */
const ports = { first: 10_000, past: 32_000 }

/** A TCP port of the loopback interface that nobody uses now; a test process asks for each once. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = ports.first + Math.floor(Math.random() * (ports.past - ports.first))
    if (!given.has(port) && (await isFree(port))) {
      given.add(port)
      return port
    }
  }
}

const given = new Set<number>()

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', () => resolve(false))
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)))
  })
}
