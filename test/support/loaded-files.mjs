import { writeFileSync } from 'node:fs'
import { Session } from 'node:inspector'
import { fileURLToPath } from 'node:url'
import { isMainThread } from 'node:worker_threads'

/** Preloaded into a program: at its end, the files that its main thread has loaded are in LOADED_FILES. */
if (isMainThread) {
  const files = new Set()
  const session = new Session()
  session.connect()
  session.on('Debugger.scriptParsed', ({ params: { url } }) => {
    if (url.startsWith('file:')) files.add(fileURLToPath(url))
    else if (url.startsWith('/')) files.add(url)
  })
  session.post('Debugger.enable')
  process.on('exit', () => writeFileSync(process.env.LOADED_FILES, JSON.stringify([...files])))
}
