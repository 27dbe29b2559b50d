import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import { Fault } from '../../message/fault.ts'
import type { SimulatedModem } from './simulated-modem.ts'

/** Offers a modem to other programs on TCP: one connection at a time, a second one is refused like a busy port. */
export class ModemServer {
  readonly host: string
  readonly port: number
  readonly #server: Server
  readonly #sockets = new Set<Socket>()

  private constructor(server: Server, sockets: Set<Socket>, { address, port }: AddressInfo) {
    this.#server = server
    this.#sockets = sockets
    this.host = address
    this.port = port
  }

  /**
   * Fails with `port_failed`. Port 0 is any free one.
   *
   * @param beside connections do not occupy the port: for a pty
   */
  static listen(modem: SimulatedModem, host: string, port: number, beside = false): Promise<ModemServer> {
    const sockets = new Set<Socket>()
    const server = createServer({ noDelay: true }, (socket) => {
      socket.on('error', () => {})
      if (!modem.isPlugged || (modem.isOpen && !beside)) return socket.resetAndDestroy()
      sockets.add(socket)
      socket.on('close', () => sockets.delete(socket))
      if (beside) modem.attachBeside(socket)
      else modem.attach(socket)
    })
    return new Promise((resolve, reject) => {
      server.once('error', (error) => reject(portFailed(`${host}:${port}`, error)))
      server.listen(port, host, () => resolve(new ModemServer(server, sockets, server.address() as AddressInfo)))
    })
  }

  close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy()
    return new Promise((resolve) => this.#server.close(() => resolve()))
  }
}

function portFailed(name: string, error: Error): Fault {
  return new Fault('port_failed', `${name}: ${error.message}`, { port: name }, error)
}
