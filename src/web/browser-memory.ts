/** Small settings of this browser. It may forbid to keep them: then they hold as long as the page is open. */
export function remembered(key: string): string | null {
  try {
    return localStorage.getItem(key)
  } catch (error) {
    console.info(`${key} is not remembered here`, error)
    return null
  }
}

export function remember(key: string, value: string | null): void {
  try {
    if (value === null) localStorage.removeItem(key)
    else localStorage.setItem(key, value)
  } catch (error) {
    console.info(`${key} is not remembered here`, error)
  }
}
