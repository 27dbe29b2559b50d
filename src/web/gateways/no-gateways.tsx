import { LinkButton } from '../parts/button.tsx'
import { Empty } from '../parts/empty.tsx'
import { words } from '../texts/language.ts'

/** Where gateways would be, and the way to the first one. */
export function NoGateways() {
  const w = words()
  return (
    <Empty icon="gateway" title={w.gateways.none}>
      <p>{w.gateways.addOne}</p>
      <LinkButton look="main-act" href="#/onboarding">
        {w.onboarding.start}
      </LinkButton>
    </Empty>
  )
}
