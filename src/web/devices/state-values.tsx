import type { DeviceView, StateField, Value } from '../api/answer-types.ts'
import { Strange } from '../parts/strange.tsx'
import { Time } from '../parts/time.tsx'
import { words } from '../texts/language.ts'
import { numberOf } from '../texts/times.ts'

/** The latest value of each field that the device has reported. */
export function StateValues({ device }: { readonly device: DeviceView }) {
  const w = words()
  const { state, fields } = device
  const known = fields.filter(({ name }) => (state[name] ?? null) !== null)
  const unknown = fields.length - known.length
  if (known.length === 0) return <p class="muted">{w.device.noState}</p>
  return (
    <>
      <dl class="values">
        {known.map((field) => (
          <div key={field.name}>
            <dt lang="en">{field.label}</dt>
            <dd>
              <FieldValue field={field} value={state[field.name] ?? null} />
            </dd>
          </div>
        ))}
      </dl>
      {unknown > 0 && <p class="small muted">{w.device.unknownFields(unknown)}</p>}
    </>
  )
}

interface FieldValueProps {
  readonly field: Pick<StateField, 'type' | 'unit'>
  readonly value: Value
}

/** A value as people read it. */
export function FieldValue({ field, value }: FieldValueProps) {
  const w = words().common
  const { type, unit } = field
  if (typeof value === 'boolean') return <>{value ? w.yes : w.no}</>
  if (typeof value === 'number')
    return <span class="number">{[numberOf(value, 6), unit].filter(Boolean).join(' ')}</span>
  if (type === 'switch') return <>{value === 'ON' ? w.on : value === 'OFF' ? w.off : value}</>
  if (type === 'time' && typeof value === 'string' && !Number.isNaN(Date.parse(value))) return <Time at={value} />
  return <Strange text={String(value)} />
}
