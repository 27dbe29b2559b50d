import { signal } from '@preact/signals'
import { remember, remembered } from '../browser-memory.ts'
import { en, type Texts } from './en.ts'
import type { HubWords } from './hub-words.ts'

interface Loaded {
  readonly page: Texts
  /** Null in the language that the hub speaks itself. */
  readonly hub: HubWords | null
}

/** Languages by their own names, each loaded when it is chosen. */
export const languages = {
  en: { name: 'English', load: async () => ({ page: en, hub: null }) },
  de: {
    name: 'Deutsch',
    load: async () => ({ page: (await import('./de.ts')).de, hub: (await import('./hub-de.ts')).hubDe }),
  },
  es: {
    name: 'Español',
    load: async () => ({ page: (await import('./es.ts')).es, hub: (await import('./hub-es.ts')).hubEs }),
  },
  fr: {
    name: 'Français',
    load: async () => ({ page: (await import('./fr.ts')).fr, hub: (await import('./hub-fr.ts')).hubFr }),
  },
} as const satisfies Readonly<Record<string, { readonly name: string; readonly load: () => Promise<Loaded> }>>

export type Language = keyof typeof languages
export const languageNames = Object.keys(languages) as Language[]

export const language = signal<Language>('en')
/** The same as the browser knows it, with its country: how times and figures are written. */
export const locale = signal('en')
const loaded = signal<Loaded>({ page: en, hub: null })

/** The texts of the page. A component that reads them is drawn again when the language changes. */
export const words = (): Texts => loaded.value.page
/** The words of the hub by their codes; null in English. */
export const hubWords = (): HubWords | null => loaded.value.hub

const known = (code: string | null | undefined): Language | undefined => languageNames.find((name) => name === code)

const languageOf = (code: string): Language | undefined => known(code.split('-')[0]?.toLowerCase())

/** The remembered language, else the first one of the browser that the page has. */
export function preferredLanguage(): Language {
  const wanted = navigator.languages.map(languageOf)
  return known(remembered('language')) ?? wanted.find((one) => one !== undefined) ?? 'en'
}

export async function setLanguage(chosen: Language): Promise<void> {
  loaded.value = await languages[chosen].load()
  language.value = chosen
  locale.value = navigator.languages.find((code) => languageOf(code) === chosen) ?? chosen
  document.documentElement.lang = chosen
}

export async function chooseLanguage(chosen: Language): Promise<void> {
  remember('language', chosen)
  await setLanguage(chosen)
}
