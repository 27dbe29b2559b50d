import { Fault } from '../message/fault.ts'
import type { DeviceRow } from './fleet.ts'

/** Columns of a table of devices; `settings.<name>` for each setting. Others are refused. */
const columns = ['id', 'profile', 'variant', 'number', 'name', 'gateway', 'time_zone', 'unproven'] as const

/**
 * A table of devices: RFC 4180 with a comma or a semicolon, as spreadsheets write it, every cell as text. Several
 * numbers share a cell, separated by blanks. An empty cell leaves its key out. Fails with `invalid_config` and the
 * line.
 */
export function readTable(text: string): Map<string, DeviceRow> {
  const plain = text.replace(/^\ufeff/, '')
  const rows = cellsOf(plain, separatorOf(plain))
  const [head, ...lines] = rows
  if (head === undefined) throw new Fault('invalid_config', 'the table is empty')
  const names = head.cells.map((cell) => cell.trim())
  const unknown = names.find((name) => !(columns as readonly string[]).includes(name) && !/^settings\.\w+$/.test(name))
  if (unknown !== undefined) {
    const known = `${columns.join(', ')}, settings.<name>`
    throw new Fault('invalid_config', `line ${head.line}: unknown column "${unknown}"; there is ${known}`)
  }
  if (!names.includes('id')) throw new Fault('invalid_config', `line ${head.line}: the column "id" is missing`)
  const devices = new Map<string, DeviceRow>()
  for (const { cells, line } of lines) {
    if (cells.length > names.length)
      throw new Fault('invalid_config', `line ${line}: ${cells.length} cells, and ${names.length} columns`)
    const { id, row } = rowOf(names, cells)
    if (id === '') throw new Fault('invalid_config', `line ${line}: the id is missing`)
    if (devices.has(id)) throw new Fault('invalid_config', `line ${line}: "${id}" is in the table twice`)
    devices.set(id, row)
  }
  return devices
}

function rowOf(names: readonly string[], cells: readonly string[]): { id: string; row: DeviceRow } {
  const row: Record<string, unknown> = {}
  const settings: Record<string, string> = {}
  let id = ''
  names.forEach((name, i) => {
    const value = (cells[i] ?? '').trim()
    if (value === '') return
    if (name === 'id') id = value
    else if (name.startsWith('settings.')) settings[name.slice('settings.'.length)] = value
    else row[name] = name === 'number' ? value.split(/\s+/) : value
  })
  return { id, row: { ...row, ...(Object.keys(settings).length > 0 && { settings }) } }
}

const separatorOf = (text: string): string => {
  const [head = ''] = text.split('\n')
  return head.split(';').length > head.split(',').length ? ';' : ','
}

interface Line {
  readonly line: number
  readonly cells: string[]
}

function cellsOf(text: string, separator: string): Line[] {
  const rows: Line[] = []
  let cells: string[] = []
  let cell = ''
  let quoted = false
  let line = 1
  let begun = 1
  const endRow = (): void => {
    cells.push(cell)
    if (cells.some((one) => one.trim() !== '')) rows.push({ line: begun, cells })
    cells = []
    cell = ''
    begun = line
  }
  for (let i = 0; i < text.length; i++) {
    const char = text[i] as string
    if (char === '\n') line++
    if (quoted) {
      if (char !== '"') cell += char
      else if (text[i + 1] === '"') cell += text[++i]
      else quoted = false
    } else if (char === '"' && cell.trim() === '') {
      cell = ''
      quoted = true
    } else if (char === separator) {
      cells.push(cell)
      cell = ''
    } else if (char === '\n') endRow()
    else if (char !== '\r') cell += char
  }
  if (quoted) throw new Fault('invalid_config', `line ${begun}: a quote that begins here is not closed`)
  endRow()
  return rows
}

/** The inverse of `readTable`. */
export function writeTable(devices: Readonly<Record<string, DeviceRow>>): string {
  const rows = Object.entries(devices)
  const settings = [...new Set(rows.flatMap(([, row]) => Object.keys((row.settings as object) ?? {})))].sort()
  const names = [...columns, ...settings.map((name) => `settings.${name}`)]
  const lines = rows.map(([id, row]) =>
    names.map((name) => {
      const value = name.startsWith('settings.')
        ? (row.settings as Record<string, unknown> | undefined)?.[name.slice('settings.'.length)]
        : name === 'id'
          ? id
          : row[name]
      return cellFor(Array.isArray(value) ? value.join(' ') : String(value ?? ''))
    }),
  )
  return [names, ...lines].map((cells) => `${cells.join(',')}\n`).join('')
}

const cellFor = (value: string): string =>
  /[",;\n\r]|^\s|\s$/.test(value) ? `"${value.replaceAll('"', '""')}"` : value
