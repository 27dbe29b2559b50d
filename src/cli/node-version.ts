import { readFileSync } from 'node:fs'
import { installation } from '../installation.ts'

/** Checked before anything else is loaded: under an older Node.js the native modules fail with obscure messages. */
const { engines } = JSON.parse(readFileSync(new URL('package.json', installation), 'utf8')) as {
  engines: { node: string }
}
const wanted = engines.node.replace('>=', '')
const parts = (version: string): number[] => version.split('.').map(Number)
const [major = 0, minor = 0] = parts(process.versions.node)
const [least = 0, leastMinor = 0] = parts(wanted)
if (major < least || (major === least && minor < leastMinor)) {
  process.stderr.write(
    `smshub: needs Node.js ${wanted} or newer, this is ${process.versions.node}; install a newer one, then run npm ci again\n`,
  )
  process.exit(78)
}
