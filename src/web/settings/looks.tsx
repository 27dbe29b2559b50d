import { FilterSelect } from '../parts/field.tsx'
import { chooseLanguage, language, languageNames, languages, words } from '../texts/language.ts'
import { setTheme, theme, themes } from '../theme.ts'

export function LanguageChoice() {
  const choices = languageNames.map((value) => ({ value, label: languages[value].name }))
  const choose = (value: string) => {
    const chosen = languageNames.find((name) => name === value)
    if (chosen !== undefined) chooseLanguage(chosen).catch(console.error)
  }
  return <FilterSelect label={words().settings.language} value={language.value} choices={choices} onInput={choose} />
}

export function ThemeChoice() {
  const w = words().settings
  const choices = themes.map((value) => ({ value, label: w.themes[value] }))
  const choose = (value: string) => setTheme(themes.find((one) => one === value) ?? 'system')
  return <FilterSelect label={w.theme} value={theme.value} choices={choices} onInput={choose} />
}
