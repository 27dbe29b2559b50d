import type { DeviceView } from '../api/answer-types.ts'
import { calls } from '../api/hub-calls.ts'
import { useResource } from '../api/resource.ts'
import { UnreadGroups } from '../unknown/unread-groups.tsx'
import { TryText } from './try-text.tsx'

interface DeviceTextsProps {
  readonly device: DeviceView
  readonly reload: () => void
}

/** What its profile makes of the texts of a device: one that is tried, and those that were not understood. */
export function DeviceTexts({ device, reload }: DeviceTextsProps) {
  const groups = useResource(calls.unknownTexts, { about: device.id })
  return (
    <div class="stack">
      <TryText
        device={device}
        reload={() => {
          reload()
          groups.reload()
        }}
      />
      <UnreadGroups {...groups} />
    </div>
  )
}
