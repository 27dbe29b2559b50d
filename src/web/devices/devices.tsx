import type { ScreenProps } from '../screen-props.ts'
import { DeviceList } from './device-list.tsx'
import { DevicePage } from './device-page.tsx'

export function Devices({ path }: ScreenProps) {
  const [id, tab = 'overview'] = path
  return id === undefined ? <DeviceList /> : <DevicePage key={id} id={id} tab={tab} />
}
