import type { Writable } from 'node:stream'
import { escapedLines } from '../util/escape.ts'
import type { CliContext } from './context.ts'

type Output = Writable & { readonly isTTY?: boolean }

const bare = new WeakMap<Output, Output>()

/** The context with outputs that remove control characters, as much of the output is untrusted text. */
export function withSafeOutputs(context: CliContext): CliContext {
  return { ...context, stdout: safe(context.stdout), stderr: safe(context.stderr) }
}

/** The raw output, for text that is escaped already and coloured. */
export function bareOutput(output: Output): Output {
  return bare.get(output) ?? output
}

/** Unescaped for files made by redirection, escaped on a terminal. */
export function dataOutput(output: Output): Output {
  return output.isTTY === true ? output : bareOutput(output)
}

function safe(output: Output): Output {
  const wrapped = new Proxy(output, {
    get(target, name) {
      if (name === 'write')
        return (text: unknown, ...rest: never[]) =>
          target.write(typeof text === 'string' ? escapedLines(text) : text, ...rest)
      const value: unknown = Reflect.get(target, name)
      return typeof value === 'function' ? value.bind(target) : value
    },
  })
  bare.set(wrapped, output)
  return wrapped
}
