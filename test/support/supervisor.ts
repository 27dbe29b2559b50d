import { createServer, request } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface Supervisor {
  /** Where the browser finds Home Assistant, with the hub in a frame. */
  readonly url: string
  /** From now on, streams of events are held up, as proxies do that gather what they pass on. */
  holdStreams(): void
  close(): void
}

const ingressPath = '/api/hassio_ingress/c4Zg8yN0vXkQ'

/** As its frontend tells a page that asks for it where a link leads: what of its path is behind the app. */
const tellsRoute = `
  let frame = null
  const tell = () => frame?.postMessage({
    type: 'home-assistant/properties', narrow: false,
    route: { prefix: location.pathname.split('/', 3).join('/'), path: '/' + location.pathname.split('/').slice(3).join('/') },
  }, '*')
  const go = (path) => { history.pushState(null, '', path); tell() }
  addEventListener('message', ({ data, source }) => {
    if (data.type !== 'home-assistant/subscribe-properties') return
    frame = source
    tell()
  })
`

/** Home Assistant's way to the page of an app, as its Core and Supervisor rewrite what a browser sends. */
export async function startSupervisor(port: number, user: string): Promise<Supervisor> {
  let isHolding = false
  const server = createServer((asked, answer) => {
    if (asked.url === '/' || asked.url?.startsWith('/app/')) {
      answer.setHeader('content-type', 'text/html')
      answer.end(`<!doctype html><html lang="en"><title>Home Assistant</title><iframe title="smshub" src="${ingressPath}/"
        width="1200" height="700"></iframe><script>${tellsRoute}</script></html>`)
      return
    }
    if (!asked.url?.startsWith(`${ingressPath}/`)) {
      answer.statusCode = 404
      answer.end()
      return
    }
    const sent = Object.entries(asked.headers).filter(([name]) => !name.startsWith('x-remote-user'))
    const headers = {
      ...Object.fromEntries(sent),
      'x-ingress-path': ingressPath,
      'x-remote-user-id': user,
      'x-remote-user-name': 'ann',
      'x-remote-user-display-name': 'Ann',
      'x-forwarded-for': '192.168.1.20',
      'x-forwarded-host': asked.headers.host,
      'x-forwarded-proto': 'http',
    }
    const path = asked.url.slice(ingressPath.length)
    const passed = request({ host: '127.0.0.1', port, path, method: asked.method, headers }, (answered) => {
      if (isHolding && answered.headers['content-type']?.startsWith('text/event-stream')) {
        answered.resume()
        return
      }
      answer.writeHead(answered.statusCode ?? 502, { ...answered.headers, 'x-accel-buffering': 'no' })
      answered.pipe(answer)
    })
    passed.on('error', () => answer.destroy())
    answer.on('close', () => passed.destroy())
    asked.pipe(passed)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    holdStreams: () => {
      isHolding = true
    },
    close: () => {
      server.close()
      server.closeAllConnections()
    },
  }
}
