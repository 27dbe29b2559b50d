import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { afterEach, expect, test } from '@jest/globals'
import { temporaryFolder } from '../support/folder.ts'
import { until } from '../support/patience.ts'

const program = fileURLToPath(new URL('../support/outlet-process.mjs', import.meta.url))
let child: ChildProcess | null = null

afterEach(() => {
  child?.kill('SIGKILL')
})

type Line = readonly string[]

/** Runs it until `enough` of its lines are there, and kills it then; to its end without. */
async function run(
  path: string,
  round: string,
  enough?: (lines: readonly Line[]) => boolean,
): Promise<readonly Line[]> {
  const file = `${path}.lines-${round}`
  const running = spawn(process.execPath, [program, path, file, ...(enough ? [round] : [])], {
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  child = running
  const ended = once(running, 'close')
  const lines = () =>
    (existsSync(file) ? readFileSync(file, 'utf8') : '')
      .split('\n')
      .slice(0, -1)
      .map((line) => line.split(' '))
  if (enough !== undefined) {
    await until(() => enough(lines()))
    running.kill('SIGKILL')
  }
  expect(await ended).toEqual(enough === undefined ? [0, null] : [null, 'SIGKILL'])
  return lines()
}

/** The quick one is far ahead of the slow one, and the store knows of both. */
function isMidway(lines: readonly Line[]): boolean {
  const count = (word: string, outlet: string) => lines.filter((line) => line[0] === word && line[1] === outlet).length
  return count('taken', 'quick') > 80 && count('acknowledged', 'quick') > 1 && count('acknowledged', 'slow') > 1
}

test('outlets of a hub that is killed lose nothing, keep the order, and repeat nothing that was acknowledged', async () => {
  const path = `${temporaryFolder()}/hub.db`
  const runs: (readonly Line[])[] = []
  for (const round of ['0', '1', '2']) runs.push(await run(path, round, isMidway))
  runs.push(await run(path, 'last'))
  const lines = runs.flat()
  expect(lines.filter(([word]) => word === 'logged')).toEqual([])
  for (const outlet of ['quick', 'slow']) {
    const own = runs.map((run) => run.filter((line) => line[1] === outlet))
    const acknowledged = new Set<string>()
    const repeated: string[] = []
    for (const run of own) {
      for (const [word, , seq = ''] of run) if (word === 'asked' && acknowledged.has(seq)) repeated.push(seq)
      for (const [word, , seqs = ''] of run)
        if (word === 'acknowledged') for (const seq of seqs.split(',')) acknowledged.add(seq)
    }
    expect(repeated).toEqual([])
    for (const subject of ['gate', 'van']) {
      const all = own.flat().filter((line) => line[0] === 'taken' && line[3] === subject)
      const taken = [...new Set(all.map((line) => line[4] as string))]
      const emitted = lines.filter(([word]) => word === 'emitted').map(([, data]) => data as string)
      const committed = new Set(emitted)
      // The last of a run can be committed without its line.
      expect(taken.filter((data) => committed.has(data))).toEqual(emitted)
      expect(taken).toEqual([...taken].sort((a, b) => order(a) - order(b)))
    }
  }
})

function order(data: string): number {
  const [round = 0, n = 0] = data.split('.').map(Number)
  return round * 1_000_000 + n
}
