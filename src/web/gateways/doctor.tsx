import { useState } from 'preact/hooks'
import type { Finding } from '../api/answer-types.ts'
import { ask } from '../api/ask.ts'
import { calls } from '../api/hub-calls.ts'
import { useAct } from '../parts/act.ts'
import { Button } from '../parts/button.tsx'
import { Fault } from '../parts/fault.tsx'
import { Icon, type IconName } from '../parts/icon.tsx'
import { Strange } from '../parts/strange.tsx'
import { hubWords, words } from '../texts/language.ts'

const icons: Readonly<Record<Finding['severity'], IconName>> = { ok: 'check', warning: 'question', error: 'warn' }

/** Examines a modem: each finding with its fix, and the lines that show it. */
export function Doctor({ id }: { readonly id: string }) {
  const w = words().gateways
  const [findings, setFindings] = useState<readonly Finding[] | null>(null)
  const { isBusy, problem, run } = useAct({ isQuiet: true })
  const examine = () => run(async () => setFindings((await ask(calls.doctor, { gateway: id })).findings))
  return (
    <section class="card" aria-labelledby="gateway-doctor">
      <header>
        <h2 id="gateway-doctor">{w.doctor}</h2>
        <Button onClick={examine} disabled={isBusy}>
          {isBusy ? w.examining : w.examine}
        </Button>
      </header>
      <Fault problem={problem} />
      {findings === null ? (
        <p class="muted">{w.doctorAbout}</p>
      ) : (
        <div role="status">
          <ul class="stack tight">
            {findings.map((finding) => (
              <FindingLine key={finding.finding} finding={finding} />
            ))}
          </ul>
        </div>
      )}
    </section>
  )
}

function FindingLine({ finding: { severity, code, finding, fix, lines } }: { readonly finding: Finding }) {
  const w = words().gateways
  const translated = code === null ? undefined : hubWords()?.findings[code]
  const lang = translated === undefined ? 'en' : undefined
  const remedy = translated === undefined ? fix : translated.fix
  return (
    <li class="row finding">
      <Icon name={icons[severity]} />
      <div>
        <p class="unseen">{w.severity[severity]}:</p>
        <p class="sentence" lang={lang}>
          <Strange text={translated?.is ?? finding} />
        </p>
        {translated !== undefined && severity !== 'ok' && (
          <p class="small muted" lang="en">
            <Strange text={finding} />
          </p>
        )}
        {remedy && (
          <p class="strong sentence" lang={lang}>
            {remedy}
          </p>
        )}
        {lines.length > 0 && severity !== 'ok' && <pre>{lines.join('\n')}</pre>}
      </div>
    </li>
  )
}
