import { hashOf } from '../page-place.ts'
import { Head } from '../parts/head.tsx'
import { Tabs } from '../parts/tabs.tsx'
import type { ScreenProps } from '../screen-props.ts'
import { words } from '../texts/language.ts'
import { Deliveries } from './deliveries.tsx'
import { Keys } from './keys.tsx'
import { Users } from './users.tsx'
import { Webhooks } from './webhooks.tsx'

const tabs = ['keys', 'webhooks', 'users'] as const

/** Who and what may reach the hub, and what it calls. */
export function Access({ path }: ScreenProps) {
  const w = words()
  const tab = tabs.find((one) => one === path[0]) ?? 'keys'
  const [, id] = path
  if (tab === 'webhooks' && id !== undefined) return <Deliveries key={id} id={id} />
  return (
    <>
      <Head title={w.screens.access} />
      <Tabs
        label={w.screens.access}
        tabs={tabs.map((id) => ({ id, label: w.access.tabs[id], href: hashOf(['access', id]) }))}
        current={tab}
      />
      {tab === 'keys' ? <Keys /> : tab === 'users' ? <Users /> : <Webhooks />}
    </>
  )
}
