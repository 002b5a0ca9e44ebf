/** Sets the theme and language before the first paint, so that neither flashes. A file: the policy allows no inline script. */
(() => {
  try {
    const { theme = 'system', locale } = JSON.parse(localStorage.getItem('loom.preferences') || '{}');
    const dark =
      theme === 'dark' || (theme === 'system' && matchMedia('(prefers-color-scheme: dark)').matches);
    if (dark) document.documentElement.classList.add('dark');
    const language = locale || (navigator.language || 'en').slice(0, 2);
    document.documentElement.lang = language === 'ko' ? 'ko' : 'en';
  } catch {
    // Preferences that cannot be read are the defaults.
  }
})();
