import { connect, isIP, type Socket } from 'node:net'
import { type ConnectionOptions, connect as connectTls } from 'node:tls'
import type { Clock } from '../../util/clock.ts'
import type { Latch } from '../../util/latch.ts'
import type { SmppTls } from './smpp-options.ts'

/** Where an SMSC listens. */
export interface SmppAddress {
  readonly host: string
  readonly port: number
  readonly tls: SmppTls | null
}

const connectMs = 30_000

/**
 * Connects, and with TLS completes its handshake: SMPP has none of its own. Rejects with the error of the system, or
 * when `stopping` fires.
 */
export function connectTo({ host, port, tls }: SmppAddress, clock: Clock, stopping: Latch): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = tls === null ? connect({ host, port }) : connectTls(tlsOptions(host, port, tls))
    const fail = (error: Error) => {
      end()
      socket.destroy()
      reject(error)
    }
    const timer = clock.after(connectMs, () => fail(new Error(`no connection within ${connectMs / 1000} s`)))
    const off = stopping.on(() => fail(new Error('the hub stops')))
    const end = () => {
      timer.cancel()
      off()
      socket.off('error', fail)
    }
    socket.on('error', fail)
    // One may be reported after the end as well.
    socket.on('error', () => undefined)
    socket.once(tls === null ? 'connect' : 'secureConnect', () => {
      end()
      resolve(socket)
    })
  })
}

function tlsOptions(host: string, port: number, { ca, cert, key, serverName }: SmppTls): ConnectionOptions {
  const name = serverName ?? host
  return { host, port, ca, cert, key, ...(isIP(name) === 0 && { servername: name }) }
}
