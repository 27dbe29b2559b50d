import { existsSync, readdirSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { extname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { FastifyInstance } from 'fastify'

/** Where the build of the page is. */
const pageFolder = fileURLToPath(new URL('../web/', import.meta.url))

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.webmanifest': 'application/manifest+json',
}

/** Encodings by the ending of the file that has it, the smaller one first. */
const encodings = { '.br': 'br', '.gz': 'gzip' } as const
type Ending = keyof typeof encodings
const endings = Object.keys(encodings) as Ending[]

/** Their names contain a hash of their contents. */
const hashed = 'assets'
const yearSeconds = 31_536_000

export interface PageOptions {
  /** Who may show the page in a frame: nobody, or the origin that it seems to have itself. */
  readonly frames?: "'none'" | "'self'"
  /** Where the owner has maps from; null for none but the page's own. */
  readonly tiles?: string | null
}

/** Scripts, styles and data of its own only: whatever a text of a stranger contains, nothing of it is carried out. */
const policyOf = ({ frames = "'none'", tiles = null }: PageOptions): string =>
  [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    `img-src 'self' data:${tiles === null ? '' : ` ${new URL(tiles).origin}`}`,
    "connect-src 'self'",
    "manifest-src 'self'",
    "base-uri 'none'",
    "form-action 'self'",
    `frame-ancestors ${frames}`,
  ].join('; ')

/** Serves the page: each of its files by its own route, so that no path leads to any other file. */
export function servePage(server: FastifyInstance, options: PageOptions = {}, folder = pageFolder): void {
  const headers = {
    'content-security-policy': policyOf(options),
    // Servers of tiles want to know which site shows them.
    ...(typeof options.tiles === 'string' && { 'referrer-policy': 'strict-origin-when-cross-origin' }),
  }
  for (const file of filesIn(folder)) servePageFile(server, folder, file, headers)
}

interface PageFile {
  /** Relative to the folder, with slashes. */
  readonly name: string
  readonly encoded: readonly Ending[]
}

function filesIn(folder: string): PageFile[] {
  // Without a build there is no page; the interface is there.
  if (!existsSync(folder)) return []
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((name) => name.replaceAll('\\', '/'))
  const all = new Set(names)
  return names
    .filter((name) => Object.hasOwn(types, extname(name)))
    .map((name) => ({ name, encoded: endings.filter((ending) => all.has(`${name}${ending}`)) }))
}

function servePageFile(
  server: FastifyInstance,
  folder: string,
  { name, encoded }: PageFile,
  common: Readonly<Record<string, string>>,
): void {
  const headers = {
    ...common,
    'content-type': types[extname(name)],
    'cache-control': name.startsWith(`${hashed}/`) ? `public, max-age=${yearSeconds}, immutable` : 'no-store',
    vary: 'Accept-Encoding',
  }
  server.get(name === 'index.html' ? '/' : `/${name}`, async (request, reply) => {
    const accepted = request.headers['accept-encoding'] ?? ''
    const ending = encoded.find((one) => accepts(accepted, encodings[one]))
    if (ending !== undefined) reply.header('content-encoding', encodings[ending])
    return reply.headers(headers).send(await readFile(join(folder, `${name}${ending ?? ''}`)))
  })
}

/** Whether a header Accept-Encoding names an encoding, and not with the weight 0 (RFC 9110, 12.5.3). */
const accepts = (header: string, encoding: string): boolean =>
  header
    .toLowerCase()
    .split(',')
    .map((one) => one.trim().split(/\s*;\s*q=/))
    .some(([name, weight = '1']) => name === encoding && Number(weight) > 0)
