import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const script = fileURLToPath(new URL('./render.py', import.meta.url))

/** A template with the payload that it is rendered on (null: none), and other names. */
export type Rendering = readonly [template: string, payload: string | null, scope: Readonly<Record<string, unknown>>]

export type Rendered = { readonly text: string } | { readonly error: string }

/** Whether Debian's python3-jinja2 is here; says so when it is not. */
export function hasJinja2(): boolean {
  const there = spawnSync('python3', ['-c', 'import jinja2'], { stdio: 'ignore' }).status === 0
  if (!there) console.warn('passed over: jinja2 is not installed (apt-get install python3-jinja2)')
  return there
}

/** What the real Jinja makes of them, in one process. */
export function renderAll(batch: readonly Rendering[]): Rendered[] {
  const { stdout, stderr, status } = spawnSync('python3', [script], {
    input: JSON.stringify(batch),
    encoding: 'utf8',
    maxBuffer: 1 << 30,
  })
  if (status !== 0) throw new Error(stderr)
  return JSON.parse(stdout) as Rendered[]
}
