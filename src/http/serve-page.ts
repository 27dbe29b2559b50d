import { existsSync, readdirSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { extname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { installation } from '../installation.ts'

/** Where the build of the page is. */
const pageFolder = fileURLToPath(new URL('dist/web/', installation))

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

/**
 * Serves the page. A path is looked up among the names of its files, and never becomes a path of the machine: there is no
 * way to any other file.
 */
export function servePage(server: FastifyInstance, options: PageOptions = {}, folder = pageFolder): void {
  const common = {
    'content-security-policy': policyOf(options),
    vary: 'Accept-Encoding',
    // Servers of tiles want to know which site shows them.
    ...(typeof options.tiles === 'string' && { 'referrer-policy': 'strict-origin-when-cross-origin' }),
  }
  const files = new Map(filesIn(folder).map((file) => [file.name, file]))
  const show = async (name: string, request: FastifyRequest, reply: FastifyReply) => {
    const file = files.get(name)
    if (file === undefined) return reply.callNotFound()
    const accepted = request.headers['accept-encoding'] ?? ''
    const ending = file.encoded.find((one) => accepts(accepted, encodings[one]))
    if (ending !== undefined) reply.header('content-encoding', encodings[ending])
    const content = await readFile(join(folder, `${name}${ending ?? ''}`))
    return reply.headers({ ...common, ...headersOf(name) }).send(content)
  }
  for (const name of files.keys())
    if (!name.includes('/'))
      server.get(name === 'index.html' ? '/' : `/${name}`, (request, reply) => show(name, request, reply))
  // One route for all of them: routes are labels of figures.
  if (files.size > 0)
    server.get<{ Params: { file: string } }>(`/${hashed}/:file`, (request, reply) =>
      show(`${hashed}/${request.params.file}`, request, reply),
    )
}

const headersOf = (name: string) => ({
  'content-type': types[extname(name)],
  'cache-control': name.startsWith(`${hashed}/`) ? `public, max-age=${yearSeconds}, immutable` : 'no-store',
})

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

/** Whether a header Accept-Encoding names an encoding, and not with the weight 0 (RFC 9110, 12.5.3). */
const accepts = (header: string, encoding: string): boolean =>
  header
    .toLowerCase()
    .split(',')
    .map((one) => one.trim().split(/\s*;\s*q=/))
    .some(([name, weight = '1']) => name === encoding && Number(weight) > 0)
