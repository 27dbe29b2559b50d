/**
 * A store with two outlets: `node outlet-process.mjs <file> <lines> <round>` emits `<round>.<number>` without end,
 * `node outlet-process.mjs <file> <lines>` passes on what is left, and ends. What happens is appended to `<lines>`.
 */
import { openSync, writeSync } from 'node:fs'
import { Feed } from '../../build/outlet/feed.js'
import { SqliteStore } from '../../build/store/sqlite/sqlite-store.js'

const [path, linesPath, round] = process.argv.slice(2)
const linesFile = openSync(linesPath, 'a')
const clock = {
  wall: () => Date.now(),
  monotonic: () => performance.now(),
  after: (ms, callback) => {
    const timer = setTimeout(callback, ms)
    return { cancel: () => clearTimeout(timer) }
  },
  random: Math.random,
}
/**
 * A line is written before anything else happens: it is there whenever the process is killed. To a file: a pipe that is
 * read slowly rejects it.
 */
const line = (...words) => writeSync(linesFile, `${words.join(' ')}\n`)

const store = await SqliteStore.open({ path })
await store.run('openOutlets', { names: ['quick', 'slow'] })

const run = store.run.bind(store)
store.run = async (name, args) => {
  const answer = await run(name, args)
  if (name === 'acknowledge') line('acknowledged', args.outlet, args.seqs.join())
  return answer
}

const feeds = [
  { name: 'quick', keepsOrder: true, ms: 0 },
  { name: 'slow', keepsOrder: false, ms: round === undefined ? 0 : 5 },
].map(({ name, keepsOrder, ms }) => {
  const take = async ({ seq, subject, data }) => {
    line('asked', name, seq)
    if (ms > 0) await new Promise((resolve) => setTimeout(resolve, ms))
    line('taken', name, seq, subject, data)
    return { taken: true }
  }
  const outlet = { name, peer: name, isOpen: true, keepsOrder, take }
  return new Feed({ outlet, store, clock, log: (_, message) => line('logged', message) })
})
for (const feed of feeds) feed.start()

for (let n = 0; round !== undefined; n++) {
  const events = ['gate', 'van'].map((subject) => ({ kind: 'dialect', subject, data: `${round}.${n}` }))
  await run('emit', events)
  line('emitted', `${round}.${n}`)
}
while ((await run('counts', undefined)).publications > 0) await new Promise((resolve) => setTimeout(resolve, 20))
for (const feed of feeds) await feed.stop()
await store.close()
