import { useEffect, useRef, useState } from 'preact/hooks'
import type { LogLine } from '../api/answer-types.ts'
import { Problem } from '../api/api-problem.ts'
import { ask } from '../api/ask.ts'
import { calls } from '../api/hub-calls.ts'
import { useAct } from '../parts/act.ts'
import { Button } from '../parts/button.tsx'
import { Empty } from '../parts/empty.tsx'
import { Fault } from '../parts/fault.tsx'
import { FilterSelect } from '../parts/field.tsx'
import { Head } from '../parts/head.tsx'
import { saveFile } from '../parts/save-file.ts'
import { Search } from '../parts/search.tsx'
import { Strange } from '../parts/strange.tsx'
import { words } from '../texts/language.ts'
import { lineTime } from '../texts/times.ts'

const levels = ['error', 'warn', 'info', 'debug'] as const
type Level = (typeof levels)[number]
const pollMs = 2_000
const maxLines = 2_000

/** The latest lines of the log, and those that come. */
export function LogScreen() {
  const w = words()
  const { lines, level, problem, clear } = useLog()
  const [least, setLeast] = useState<Level>('debug')
  const [text, setText] = useState('')
  const [isFollowing, setFollowing] = useState(true)
  const { run } = useAct()
  const box = useRef<HTMLOListElement>(null)
  const wanted = text.trim().toLowerCase()
  const shown = lines.filter(
    (line) =>
      levels.indexOf(line.level) <= levels.indexOf(least) &&
      `${line.name} ${line.message}`.toLowerCase().includes(wanted),
  )
  const last = shown.at(-1)?.seq
  // A new line is scrolled to
  useEffect(() => {
    if (isFollowing && box.current !== null) box.current.scrollTop = box.current.scrollHeight
  }, [last, isFollowing])
  const choices = levels.map((value) => ({ value, label: w.log.levels[value] }))
  return (
    <>
      <Head title={w.screens.log}>
        <Button icon={isFollowing ? 'pause' : 'play'} onClick={() => setFollowing(!isFollowing)}>
          {isFollowing ? w.log.hold : w.log.follow}
        </Button>
        <Button icon="trash" onClick={clear}>
          {w.log.clear}
        </Button>
        <Button icon="download" onClick={() => saveFile('smshub-log.txt', 'text/plain', textOf(shown))}>
          {w.log.save}
        </Button>
      </Head>
      <div class="filters">
        <Search label={w.log.search} value={text} onSearch={setText} />
        <FilterSelect
          label={w.log.shown}
          value={least}
          choices={choices}
          onInput={(value) => setLeast(levels.find((one) => one === value) ?? 'debug')}
        />
        <FilterSelect
          label={w.log.written}
          value={level}
          choices={choices.map(({ value, label }) => ({ value, label: w.log.writes(label) }))}
          onInput={(value) => run(() => ask(calls.setLogLevel, { level: value }), w.common.saved)}
        />
      </div>
      <Fault problem={problem} />
      {shown.length === 0 ? (
        problem === null && <Empty icon="log" title={w.log.none} />
      ) : (
        <ol class="log" ref={box} tabIndex={0} aria-label={w.screens.log}>
          {shown.map((line) => (
            <li key={line.seq} lang="en">
              <time dateTime={line.time}>{lineTime(line.time)}</time>
              <span class={line.level}>{line.level}</span>
              <span class="muted">{line.name}</span>
              <Strange text={line.message} />
            </li>
          ))}
        </ol>
      )}
    </>
  )
}

const textOf = (lines: readonly LogLine[]): string =>
  lines.map(({ time, level, name, message }) => `${time} ${level} ${name}: ${message}\n`).join('')

function useLog() {
  const [lines, setLines] = useState<readonly LogLine[]>([])
  const [level, setLevel] = useState('info')
  const [problem, setProblem] = useState<Problem | null>(null)
  useEffect(() => {
    let after = 0
    let timer: ReturnType<typeof setTimeout> | null = null
    let isGone = false
    const read = async () => {
      try {
        const page = await ask(calls.log, { after, limit: 500 })
        if (isGone) return
        after = page.lines.at(-1)?.seq ?? after
        setLevel(page.level)
        setProblem(null)
        if (page.lines.length > 0) setLines((before) => [...before, ...page.lines].slice(-maxLines))
      } catch (error) {
        if (!isGone) setProblem(Problem.from(error))
      }
      if (!isGone) timer = setTimeout(later, pollMs)
    }
    // While the page is not seen, nobody reads it.
    const later = () => {
      if (document.hidden) timer = setTimeout(later, pollMs)
      else read().catch(console.error)
    }
    later()
    return () => {
      isGone = true
      if (timer !== null) clearTimeout(timer)
    }
  }, [])
  return { lines, level, problem, clear: () => setLines([]) }
}
