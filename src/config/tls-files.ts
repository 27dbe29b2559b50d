import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { createSecureContext } from 'node:tls'
import type { Problem } from './problems.ts'
import type { Config, GatewayConfig } from './schema.ts'

interface Files {
  readonly ca?: string | undefined
  readonly cert?: string | undefined
  readonly key?: string | undefined
}

const names = ['ca', 'cert', 'key'] as const

/** The configuration with the paths of certificates resolved from its file, and the problems of those files. */
export function withTlsFiles(config: Config, base: string): { config: Config; problems: Problem[] } {
  const { broker } = config.mqtt
  const problems: Problem[] = []
  const placed = <F extends Files>(files: F, path: readonly string[]): F => {
    const found = filesAt(files, base)
    problems.push(...problemsIn(found, path))
    return { ...files, ...found }
  }
  const tls = broker.tls && placed(broker.tls, ['mqtt', 'broker', 'tls'])
  const inner = broker.websocket?.tls && placed(broker.websocket.tls, ['mqtt', 'broker', 'websocket', 'tls'])
  const mqtt = placed(config.mqtt, ['mqtt'])
  const webhooks = placed(config.webhooks, ['webhooks'])
  const mail = config.mail && placed(config.mail, ['mail'])
  const smppserver = config.smppserver && placed(config.smppserver, ['smppserver'])
  const websocket = broker.websocket && { ...broker.websocket, tls: inner }
  const gateways = Object.fromEntries(
    Object.entries(config.gateways).map(([id, row]): [string, GatewayConfig] => {
      if (row.type === 'http') return [id, placed(row, ['gateways', id])]
      if (row.type !== 'smpp' || row.tls === null) return [id, row]
      return [id, { ...row, tls: placed(row.tls, ['gateways', id, 'tls']) }]
    }),
  )
  return {
    config: {
      ...config,
      gateways,
      webhooks,
      mail,
      smppserver,
      mqtt: { ...mqtt, broker: { ...broker, tls, websocket } },
    },
    problems,
  }
}

const filesAt = (files: Files, base: string): Files =>
  Object.fromEntries(names.flatMap((name) => (files[name] === undefined ? [] : [[name, resolve(base, files[name])]])))

function problemsIn(files: Files, path: readonly string[]): Problem[] {
  const contents: Record<string, Buffer> = {}
  const problems = names.flatMap((name) => {
    const file = files[name]
    if (file === undefined) return []
    const at = [...path, name]
    try {
      contents[name] = readFileSync(file)
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException
      const reason = code === 'ENOENT' ? `there is no file ${file}` : `${file} can't be read: ${message}`
      return [{ path: at, message: `${at.join('.')}: ${reason}` }]
    }
    if (contents[name].includes('-----BEGIN ')) return []
    return [{ path: at, message: `${at.join('.')}: ${file} is not a PEM file (-----BEGIN …)` }]
  })
  if (files.cert !== undefined && files.key === undefined)
    problems.push({ path: [...path, 'cert'], message: `${path.join('.')}.key: is missing: cert needs its key` })
  if (problems.length > 0) return problems
  try {
    createSecureContext(contents)
    return []
  } catch (error) {
    const reason = /mismatch/i.test((error as Error).message) ? 'the key is not that of the certificate' : 'is damaged'
    const message = `${path.join('.')}: ${Object.values(files).join(', ')}: ${reason}: ${(error as Error).message}`
    return [{ path, message }]
  }
}
