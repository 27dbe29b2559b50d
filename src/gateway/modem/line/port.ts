import { connect, type Socket } from 'node:net'
import { Fault } from '../../../message/fault.ts'
import { notOpened } from './port-trouble.ts'

/** A byte stream to a modem. */
export interface Port {
  readonly name: string
  /** Where the line has a speed that was detected. */
  readonly baudRate?: number
  write(data: string): void
  onData(listener: (data: Uint8Array) => void): void
  /** Called once, with the reason, when the other side is gone. */
  onLost(listener: (reason: string) => void): void
  close(): Promise<void>
}

/** `tcp://host:port` (ser2net, a terminal server, the simulator) or the path of a serial device. */
export function openPort(path: string, baudRate: number): Promise<Port> {
  const tcp = /^tcp:\/\/(?:\[(.+)\]|([^:/]+)):(\d+)$/.exec(path)
  if (tcp) return openTcp(path, tcp[1] ?? tcp[2] ?? '', Number(tcp[3]))
  if (path.startsWith('tcp:')) return Promise.reject(new Fault('port_failed', `${path}: it must be tcp://host:port`))
  return openSerial(path, baudRate)
}

function openTcp(name: string, host: string, port: number): Promise<Port> {
  return new Promise((resolve, reject) => {
    const socket: Socket = connect({ host, port })
    socket.setNoDelay(true)
    socket.setKeepAlive(true, 10_000)
    socket.once('error', (error) => reject(notOpened(name, error)))
    socket.once('connect', () => {
      socket.removeAllListeners('error')
      const gone = new Lost()
      socket.on('error', (error) => gone.report(error.message))
      socket.on('close', () => gone.report('the other side closed the connection'))
      resolve({
        name,
        write: (data) => {
          socket.write(data, 'latin1')
        },
        onData: (listener) => {
          socket.on('data', listener)
        },
        onLost: (listener) => gone.listen(listener),
        close: () => new Promise((done) => (socket.destroyed ? done() : socket.once('close', () => done()).destroy())),
      })
    })
  })
}

async function openSerial(name: string, baudRate: number): Promise<Port> {
  // Native code, which a hub without a serial modem need not load.
  const { SerialPort } = await import('serialport')
  return new Promise((resolve, reject) => {
    const serial = new SerialPort({ path: name, baudRate, autoOpen: false, lock: true, hupcl: false })
    serial.open((error) => {
      if (error) return reject(notOpened(name, error))
      const gone = new Lost()
      serial.on('close', (cause: Error | null) => gone.report(cause?.message ?? 'the port was closed'))
      serial.on('error', (cause: Error) => gone.report(cause.message))
      resolve({
        name,
        // A write to a closed port would wait for the next open: a stale AT+CMGS must never do that.
        write: (data) => {
          if (!serial.isOpen) return gone.report('the port is not open')
          serial.write(data, 'latin1', (cause) => cause && gone.report(cause.message))
        },
        onData: (listener) => {
          serial.on('data', listener)
        },
        onLost: (listener) => gone.listen(listener),
        close: () => new Promise((done) => (serial.isOpen ? serial.close(() => done()) : done())),
      })
    })
  })
}

/** The end of a port: reported once, to the listener, even a later one. */
class Lost {
  #reason: string | null = null
  #listener: ((reason: string) => void) | null = null

  report(reason: string): void {
    if (this.#reason !== null) return
    this.#reason = reason
    this.#listener?.(reason)
  }

  listen(listener: (reason: string) => void): void {
    this.#listener = listener
    if (this.#reason !== null) listener(this.#reason)
  }
}
