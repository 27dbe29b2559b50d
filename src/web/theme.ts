import { signal } from '@preact/signals'
import { remember, remembered } from './browser-memory.ts'

export const themes = ['system', 'light', 'dark'] as const
export type Theme = (typeof themes)[number]

/** The theme of this browser. `public/remembered-theme.js` sets it before the first paint. */
export const theme = signal<Theme>(themeOf(remembered('theme')))

function themeOf(word: string | null): Theme {
  return themes.find((one) => one === word) ?? 'system'
}

export function setTheme(chosen: Theme): void {
  theme.value = chosen
  remember('theme', chosen === 'system' ? null : chosen)
  if (chosen === 'system') delete document.documentElement.dataset.theme
  else document.documentElement.dataset.theme = chosen
}
