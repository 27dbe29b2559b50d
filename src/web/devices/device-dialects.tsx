import type { DeviceView } from '../api/answer-types.ts'
import { Chip } from '../parts/chip.tsx'
import { English } from '../parts/english.tsx'
import { Time } from '../parts/time.tsx'
import { words } from '../texts/language.ts'

/** What the texts of a device have shown of the words of its firmware; nothing where its profile has one dialect only. */
export function DeviceDialects({ dialects }: Pick<DeviceView, 'dialects'>) {
  const w = words().device
  if (dialects.length === 0) return null
  const heard = dialects.filter(({ texts, first }) => texts > 0 || first !== null)
  return (
    <>
      <dt>{w.dialect}</dt>
      <dd>
        {heard.length === 0 && w.noDialect}
        {heard.map(({ dialect, label, texts, last_at, first }) => (
          <div key={dialect}>
            {label === null ? w.ownWords : <English>{label}</English>}{' '}
            {first !== null && <Chip>{first === 'owner' ? w.dialectChosen : w.dialectFirst}</Chip>}{' '}
            {w.dialectTexts(texts)}
            {last_at !== null && (
              <>
                {', '}
                <Time at={last_at} />
              </>
            )}
          </div>
        ))}
      </dd>
    </>
  )
}
