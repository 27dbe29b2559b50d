import { signal } from '@preact/signals'
import { ask } from './ask.ts'
import { calls } from './hub-calls.ts'
import { onEvent } from './live.ts'

/** The most that one request may name. */
const maxIds = 100

const names = signal<ReadonlyMap<string, string>>(new Map())
const asked = new Set<string>()
let wanted = new Set<string>()

/** The name of a device, for lists that have ids. It is the id until the name is there; those on a screen are asked for together. */
export function deviceName(id: string): string {
  const name = names.value.get(id)
  if (name === undefined && !asked.has(id)) {
    if (wanted.size === 0) setTimeout(() => askForNames().catch(console.error))
    wanted.add(id)
    asked.add(id)
  }
  return name ?? id
}

async function askForNames(): Promise<void> {
  const ids = [...wanted]
  wanted = new Set()
  for (let at = 0; at < ids.length; at += maxIds) {
    const some = ids.slice(at, at + maxIds)
    const { data } = await ask(calls.devices, { ids: some.join(','), limit: maxIds })
    names.value = new Map([...names.value, ...data.map(({ id, name }) => [id, name] as const)])
  }
}

/** One that is added again may have another name. */
export const keepNames = (): (() => void) =>
  onEvent((event) => {
    if (event !== 'reset' && event.type !== 'device.added') return
    if (event === 'reset') asked.clear()
    else asked.delete(String(event.data.device))
    names.value = new Map([...names.value].filter(([id]) => asked.has(id)))
  })
