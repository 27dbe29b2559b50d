import { fileURLToPath } from 'node:url'
import { withoutTypes } from './without-types.cjs'

const root = new URL('../../', import.meta.url).href
/** What stands for `@jest/globals`. */
const globals = new URL('native-globals.mjs', import.meta.url).href
/** It parses all profiles, which takes seconds: the test files of a process share them. */
const library = `${root}test/device/library.ts`
/** The code of each file, by its path. */
const codes = new Map()

/**
 * The tests' own files, and those of the page, are new for each test file: its number is their query. Modules of the
 * hub come from the build; they and all packages are shared by the test files of a process.
 */
export function resolve(specifier, context, next) {
  const { parentURL } = context
  if (specifier === '@jest/globals') return own(globals, parentURL)
  if (!specifier.startsWith('.') || !specifier.endsWith('.ts')) return next(specifier, context)
  const { href } = new URL(specifier, parentURL)
  const built = href.startsWith(root) && /^src\/(?!web\/)(.+)\.ts$/.exec(href.slice(root.length))?.[1]
  return built ? { url: `${root}build/${built}.js`, format: 'module', shortCircuit: true } : own(href, parentURL)
}

function own(href, parentURL) {
  const url = href === library ? href : href + new URL(parentURL).search
  return { url, format: 'module', shortCircuit: true }
}

export function load(url, context, next) {
  const [file] = url.split('?')
  if (!file.endsWith('.ts')) return next(url, context)
  const path = fileURLToPath(file)
  if (!codes.has(path)) codes.set(path, withoutTypes(path).code)
  return { format: 'module', source: codes.get(path), shortCircuit: true }
}
