import type { ScreenProps } from '../screen-props.ts'
import { ChooseProfile } from './choose-profile.tsx'
import { FirstSteps } from './first-steps.tsx'
import { NewDevice } from './new-device.tsx'

/** From a hub with nothing to one that answers; also the way to add a device later. */
export function Onboarding({ path }: ScreenProps) {
  const [step, manufacturer, family] = path
  if (step !== 'device') return <FirstSteps />
  if (manufacturer === undefined || family === undefined) return <ChooseProfile />
  return <NewDevice manufacturer={manufacturer} family={family} />
}
