import { test } from '@jest/globals'
import { makeOf, type Recovery, Week } from '../modem/week.ts'

const seeds = Number(process.env.SOAK_SEEDS ?? 3)
const hours = Number(process.env.SOAK_HOURS ?? 168)

/** One line a kind of outage: how long it took on simulated time until texts went both ways again, in seconds. */
function table(recoveries: readonly Recovery[]): string {
  const kinds = [...new Set(recoveries.map(({ kind }) => kind))].sort()
  const row = (kind: string, of: readonly Recovery[]) => {
    const taken = of.map(({ seconds }) => seconds).sort((a, b) => a - b)
    const mean = taken.reduce((sum, one) => sum + one, 0) / taken.length
    const p95 = taken[Math.ceil(taken.length * 0.95) - 1] as number
    const limit = Math.max(...of.map((one) => one.limit))
    const figures = [mean, p95, taken.at(-1) as number, limit].map((one) => one.toFixed(1).padStart(8))
    return `${kind.padEnd(30)} ${String(taken.length).padStart(5)} ${figures.join('')}`
  }
  return [
    `${'outage'.padEnd(30)} count     mean     p95     max   limit`,
    ...kinds.map((kind) =>
      row(
        kind,
        recoveries.filter((one) => one.kind === kind),
      ),
    ),
    row('all', recoveries),
  ].join('\n')
}

test('a modem that is hit by every kind of outage, a look at it every 30 s: time to recover', async () => {
  const recoveries: Recovery[] = []
  for (let seed = 1; seed <= seeds; seed++) {
    const start = performance.now()
    const week = await Week.through({ seed, hours, make: makeOf(seed) })
    recoveries.push(...week.recoveries)
    const { sent, came } = week.count
    const broken = week.broken()
    console.log(
      `seed ${seed}, ${makeOf(seed)}: ${hours} h in ${((performance.now() - start) / 1000).toFixed(0)} s, ${sent} texts sent, ${came} received, ${broken.length} promises broken`,
    )
    for (const promise of broken) console.log(promise)
    await week.bench.stop()
  }
  console.log(table(recoveries))
}, 3_600_000)
