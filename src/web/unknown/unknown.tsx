import { deviceName } from '../api/device-names.ts'
import { calls } from '../api/hub-calls.ts'
import { useResource } from '../api/resource.ts'
import { isAtLeast } from '../api/signed-in.ts'
import { hashOf } from '../page-place.ts'
import { Banner } from '../parts/banner.tsx'
import { LinkButton } from '../parts/button.tsx'
import { Empty } from '../parts/empty.tsx'
import { Head } from '../parts/head.tsx'
import { Awaited } from '../parts/listing.tsx'
import type { ScreenProps } from '../screen-props.ts'
import { words } from '../texts/language.ts'
import { UnknownSenders } from './unknown-senders.tsx'
import { UnreadGroups } from './unread-groups.tsx'

/** Texts that no profile reads: who has sent them, and rules for those of a device. */
export function Unknown({ path: [about] }: ScreenProps) {
  return about === undefined ? <UnknownSenders /> : <UnknownTexts key={about} about={about} />
}

function UnknownTexts({ about }: { readonly about: string }) {
  const w = words()
  const groups = useResource(calls.unknownTexts, { about })
  const { data, problem } = groups
  const device = data?.device ?? null
  const isNumber = about.startsWith('+')
  return (
    <>
      <Head title={device === null ? about : deviceName(device)} up="#/unknown">
        {device !== null && <LinkButton href={hashOf(['devices', device])}>{w.devices.device}</LinkButton>}
      </Head>
      <div class="stack">
        {data === null && <Awaited problem={problem} />}
        {data !== null && device === null && data.groups.length > 0 && (
          <Banner tone="calm" icon="info">
            {isNumber ? w.unknown.noDevice : w.unknown.noNumber}
            {isNumber && isAtLeast('admin') && (
              <a href={hashOf(['onboarding', 'device'], { number: about })}>{w.conversations.addDevice}</a>
            )}
          </Banner>
        )}
        {data !== null && data.groups.length === 0 && <Empty icon="check" title={w.unknown.allRead} />}
        <UnreadGroups {...groups} />
      </div>
    </>
  )
}
