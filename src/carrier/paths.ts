import type { Conditions } from './carrier-api.ts'

/** The values at a path of a document: `a.b[0].c`, or `a[*].b` for those of each element. */
export function valuesAt(document: unknown, path: string): unknown[] {
  const steps = path.match(/[^.[\]]+|\[\d+\]|\[\*\]/g) ?? []
  return steps.reduce<unknown[]>((values, step) => values.flatMap((value) => stepInto(value, step)), [document])
}

function stepInto(value: unknown, step: string): unknown[] {
  if (step === '[*]') return Array.isArray(value) ? value : []
  const index = /^\[(\d+)\]$/.exec(step)?.[1]
  if (index !== undefined) return Array.isArray(value) && value.length > Number(index) ? [value[Number(index)]] : []
  if (typeof value !== 'object' || value === null || Array.isArray(value) || !Object.hasOwn(value, step)) return []
  return [(value as Record<string, unknown>)[step]]
}

/** The first value as text; null where there is none, or it is no text or number. */
export function textAt(document: unknown, path: string | undefined): string | null {
  const [value] = path === undefined ? [] : valuesAt(document, path)
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? String(value) : null
}

/** Whether all conditions hold. */
export function holds(document: unknown, conditions: Conditions): boolean {
  return Object.entries(conditions).every(([path, wanted]) => {
    const found = textAt(document, path)
    return found !== null && (wanted.length === 0 || wanted.includes(found))
  })
}
