import pino from 'pino'
import type { Log, LogLevel } from '../message/events.ts'
import { escaped } from '../util/escape.ts'
import type { CliContext } from './context.ts'
import { bareOutput } from './terminal.ts'

export interface Logger {
  readonly log: Log
  setLevel(level: LogLevel): void
}

/** Log lines on standard error: readable on a terminal, one JSON object per line elsewhere. */
export function makeLogger(
  { stderr, env }: CliContext,
  options: { readonly level: string; readonly format: 'auto' | 'pretty' | 'json' },
): Logger {
  const pretty = options.format === 'pretty' || (options.format === 'auto' && stderr.isTTY === true)
  const colour = pretty && stderr.isTTY === true && env.NO_COLOR === undefined
  const destination = pretty
    ? {
        write: (line: string) => {
          bareOutput(stderr).write(forPeople(JSON.parse(line), colour))
        },
      }
    : stderr
  const logger = pino(
    {
      level: options.level,
      base: null,
      messageKey: 'msg',
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
    },
    destination,
  )
  return {
    log: (level, name, message) => logger[level]({ ns: name }, message),
    setLevel: (level) => {
      logger.level = level
    },
  }
}

interface LogLine {
  readonly time: string
  readonly level: string
  readonly ns: string
  readonly msg: string
}

const colours: Readonly<Record<string, number>> = { error: 31, warn: 33, info: 32, debug: 90 }

function forPeople({ time, level, ns, msg }: LogLine, colour: boolean): string {
  const local = new Date(time)
  const two = (n: number) => String(n).padStart(2, '0')
  const day = `${local.getFullYear()}-${two(local.getMonth() + 1)}-${two(local.getDate())}`
  const clock = `${two(local.getHours())}:${two(local.getMinutes())}:${two(local.getSeconds())}`
  const shown = colour ? `\u001b[${colours[level] ?? 0}m${level}\u001b[0m` : level
  return `[${day} ${clock}] ${shown}: ${escaped(ns)}: ${escaped(msg)}\n`
}
