import { connect, createServer, type Server, type Socket } from 'node:net'
import { freePort } from './folder.ts'

/** The way to a broker, as TCP: what is sent on it can vanish, as it does when a router loses power. */
export class Cable {
  readonly port: number
  readonly #server: Server
  readonly #ends = new Set<Socket>()
  #swallows = false
  /** Octets that were sent to the broker and never arrived. */
  swallowed = 0

  private constructor(port: number, server: Server) {
    this.port = port
    this.#server = server
  }

  static async to(brokerPort: number): Promise<Cable> {
    const port = await freePort()
    const server = createServer()
    const cable = new Cable(port, server)
    server.on('connection', (near) => {
      const far = connect(brokerPort, '127.0.0.1')
      for (const [end, other] of [
        [near, far],
        [far, near],
      ] as const) {
        cable.#ends.add(end)
        end.setNoDelay(true)
        end.on('error', () => {})
        end.on('close', () => {
          cable.#ends.delete(end)
          other.destroy()
        })
      }
      near.on('data', (octets) => {
        if (cable.#swallows) cable.swallowed += octets.length
        else far.write(octets)
      })
      far.on('data', (octets) => near.write(octets))
    })
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
    return cable
  }

  /** From now on nothing arrives at the broker; both ends still think that they are connected. */
  swallow(): void {
    this.#swallows = true
  }

  /** Both ends notice; the next connection works. */
  cut(): void {
    this.#swallows = false
    for (const end of this.#ends) end.destroy()
  }

  close(): void {
    this.#server.close()
    this.cut()
  }
}
