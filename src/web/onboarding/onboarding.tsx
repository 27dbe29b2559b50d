import type { ScreenProps } from '../screen-props.ts'
import { AddDevice } from './add-device.tsx'
import { FirstSteps } from './first-steps.tsx'

/** From a hub with nothing to one that answers; also the way to add a device later. */
export function Onboarding({ path }: ScreenProps) {
  return path[0] === 'device' ? <AddDevice /> : <FirstSteps />
}
