import { isUtf8 } from 'node:buffer'
import { type Server, STATUS_CODES } from 'node:http'
import type { Socket } from 'node:net'
import type { FastifyHttpOptions, FastifyInstance, FastifyRequest } from 'fastify'
import { Fault } from '../message/fault.ts'
import { readJson } from '../message/json.ts'
import { sourceOf } from '../util/networks.ts'
import { type HttpCode, httpProblem } from './problem-document.ts'
import { refuse } from './refuse.ts'
import { securityHeaders } from './security-headers.ts'

const maxBodyOctets = 64 * 1024
/** At once: of all clients, readers of the event stream included, and of one, so that the others have some left. */
const maxConnections = { all: 1_000, ofSource: 750 }

/** What a client can make the server hold, in octets and time. */
export const serverOptions: FastifyHttpOptions<Server> = {
  logger: false,
  bodyLimit: maxBodyOctets,
  keepAliveTimeout: 30_000,
  requestTimeout: 30_000,
  // Streams that never end by themselves don't delay the end of the hub.
  forceCloseConnections: true,
  http: {
    maxHeaderSize: 16 * 1024,
    headersTimeout: 10_000,
    connectionsCheckingInterval: 1_000,
    insecureHTTPParser: false,
  },
  clientErrorHandler: (error, socket) => refuseOctets(error.code, socket),
}

/** Closes further connections at once: of a client that has too many, and of everybody when there are too many. */
export function boundConnections(server: Server): void {
  server.maxConnections = maxConnections.all
  const open = new Map<string, number>()
  server.on('connection', (socket) => {
    const source = sourceOf(socket.remoteAddress ?? '')
    const count = (open.get(source) ?? 0) + 1
    open.set(source, count)
    socket.once('close', () => {
      const left = (open.get(source) ?? 0) - 1
      if (left > 0) open.set(source, left)
      else open.delete(source)
    })
    if (count > maxConnections.ofSource) socket.destroy()
  })
}

/** Only JSON is read: valid UTF-8 with unique keys, of a limited depth. */
export function takeJson(server: FastifyInstance): void {
  server.removeAllContentTypeParsers()
  server.addContentTypeParser('application/json', { parseAs: 'buffer' }, async (_: FastifyRequest, body: Buffer) => {
    if (body.length === 0) return undefined
    const json = isUtf8(body) ? asJson(body.toString()) : undefined
    if (json !== undefined) return json
    throw Object.assign(new Error('the body is not valid JSON in UTF-8'), { statusCode: 400 })
  })
}

function asJson(text: string): unknown {
  try {
    return readJson(text)
  } catch (error) {
    throw Object.assign(new Error(Fault.from(error).message), { statusCode: 400 })
  }
}

/**
 * Requests that two programs on the way could read differently. Node.js refuses the rest: both lengths, two different
 * ones, folded headers, and line feeds without their carriage return.
 */
export function refuseAmbiguous(server: FastifyInstance): void {
  server.addHook('onRequest', async (request, reply) => {
    const { rawHeaders, url = '', headers, httpVersion } = request.raw
    const hosts = rawHeaders.filter((name, i) => i % 2 === 0 && name.toLowerCase() === 'host')
    if (hosts.length > 1) return refuse(request, reply, 'malformed_request', 'the header Host is there more than once')
    if (!url.startsWith('/')) return refuse(request, reply, 'malformed_request', 'the target must be a path')
    // Programs that know no chunks see another end of the body (RFC 9112, 6.1).
    if (httpVersion === '1.0' && headers['transfer-encoding'] !== undefined)
      return refuse(request, reply, 'malformed_request', 'HTTP/1.0 has no Transfer-Encoding').header(
        'connection',
        'close',
      )
    return undefined
  })
}

const ofParser: Readonly<Record<string, readonly [HttpCode, string]>> = {
  HPE_HEADER_OVERFLOW: ['headers_too_large', 'the headers are larger than 16 KiB'],
  ERR_HTTP_REQUEST_TIMEOUT: ['request_timeout', 'the request was not complete in time'],
}

/** Answers what never became a request, and closes the connection. */
function refuseOctets(error: string | undefined, socket: Socket): void {
  if (error === 'ECONNRESET' || !socket.writable) {
    socket.destroy()
    return
  }
  const [code, detail] = ofParser[error ?? ''] ?? ['malformed_request', 'this is not HTTP as RFC 9112 has it']
  const problem = httpProblem(code, detail, { path: '/', requestId: '' })
  const body = JSON.stringify(problem)
  const headers = {
    ...securityHeaders,
    'content-type': 'application/problem+json',
    'content-length': Buffer.byteLength(body),
    connection: 'close',
  }
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`)
  socket.end(`HTTP/1.1 ${problem.status} ${STATUS_CODES[problem.status]}\r\n${lines.join('')}\r\n${body}`)
}
