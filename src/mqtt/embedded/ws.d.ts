/** The used part of `ws`, which has no types of its own. */
declare module 'ws' {
  import type { IncomingMessage, Server } from 'node:http'
  import type { Duplex } from 'node:stream'

  export class WebSocket {
    terminate(): void
    on(event: 'message', listener: (octets: Uint8Array, isBinary: boolean) => void): this
  }
  export class WebSocketServer {
    constructor(options: {
      server: Server
      path?: string
      maxPayload?: number
      handleProtocols?: (protocols: Set<string>) => string | false
      verifyClient?: (info: { origin: string | undefined; req: IncomingMessage }) => boolean
    })
    on(event: 'connection', listener: (socket: WebSocket, request: IncomingMessage) => void): this
    on(event: 'error', listener: (error: Error) => void): this
    close(done?: () => void): void
  }
  export function createWebSocketStream(socket: WebSocket): Duplex
}
