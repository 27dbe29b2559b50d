// A file of its own and not a module: it runs before the first paint, and the policy of the page forbids inline scripts.
try {
  const theme = localStorage.getItem('theme')
  if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme
} catch (error) {
  console.info('the theme is not remembered here', error)
}
