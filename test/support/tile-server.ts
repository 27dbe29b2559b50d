import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'

/** One pixel, in blue. */
const pixel = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR4nGMwSDgAAAIUAVF6s6xeAAAAAElFTkSuQmCC',
  'base64',
)

export interface TileServer {
  /** http://127.0.0.1:port */
  readonly origin: string
  readonly asked: readonly Pick<IncomingMessage, 'url' | 'headers'>[]
  close(): void
}

/** A server of pictures of the map, as OpenStreetMap numbers them. */
export async function startTileServer(): Promise<TileServer> {
  const asked: IncomingMessage[] = []
  const server = createServer((request, answer) => {
    asked.push(request)
    const { headers, url = '' } = request
    // What OpenStreetMap asks for: who shows its map.
    const known = headers.referer !== undefined && /^\/tiles\/\d+\/\d+\/\d+\.png$/.test(url)
    answer.writeHead(known ? 200 : 403, { 'content-type': 'image/png', 'cache-control': 'no-store' })
    answer.end(known ? pixel : undefined)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    close: () => {
      server.close()
      server.closeAllConnections()
    },
  }
}
