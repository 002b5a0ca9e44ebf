/** Sets the theme and language before the first paint, so that neither flashes. A file: the policy allows no inline script. */
(() => {
  try {
    const { theme = 'system', locale } = JSON.parse(localStorage.getItem('loom.preferences') || '{}');
    const dark =
      theme === 'dark' || (theme === 'system' && matchMedia('(prefers-color-scheme: dark)').matches);
    if (dark) document.documentElement.classList.add('dark');
    const language = locale || (navigator.language || 'en').slice(0, 2);
    // The languages there are: `app/layout.tsx` writes them on the script's element.
    const known = (document.currentScript?.dataset.locales ?? '').split(' ');
    document.documentElement.lang = known.includes(language) ? language : 'en';
  } catch {
    // Preferences that cannot be read are the defaults.
  }
})();
