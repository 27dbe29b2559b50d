import { go } from './router.ts'

/**
 * In a frame of Home Assistant, whose links to a device end with its place: Home Assistant shows the page's start and
 * sends the rest of the path to a page that asks for its route (frontend 2026.2, the panel `app`). Earlier ones do not
 * answer.
 */
export function followHomeAssistant(): void {
  if (parent === window) return
  let shown = ''
  addEventListener('message', ({ source, origin, data }: MessageEvent) => {
    if (source !== parent || origin !== location.origin || data?.type !== 'home-assistant/properties') return
    const path: unknown = data.route?.path
    // It is repeated with every change of the frame.
    if (typeof path !== 'string' || path === shown) return
    shown = path
    const levels = path.split('/').filter(Boolean)
    if (levels.length > 0) go(...levels)
  })
  parent.postMessage({ type: 'home-assistant/subscribe-properties' }, location.origin)
}
