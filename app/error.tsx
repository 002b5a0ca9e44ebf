'use client';
/** What stands where the page broke. Open documents are kept in the browser's storage; a reload brings them back. */
import { useEffect, useState } from 'react';
import { createTranslator } from 'use-intl';
import { fallback, isLocale, locales, type Locale, type Messages } from './_i18n/locales';

/** The catalogue of the page's language, English until it is there. */
function useCatalogue(): { readonly locale: Locale; readonly messages: Messages } {
  const [shown, setShown] = useState<{ locale: Locale; messages: Messages }>(fallback);
  useEffect(() => {
    const { lang } = document.documentElement;
    if (!isLocale(lang)) return;
    // Without the language's file the English text stays.
    void locales[lang].messages().then(
      ({ default: messages }) => setShown({ locale: lang, messages }),
      () => undefined,
    );
  }, []);
  return shown;
}

export default function ErrorPage({ error }: { readonly error: Error }) {
  const t = createTranslator({ ...useCatalogue(), namespace: 'crash' });
  return (
    <main className="flex h-dvh items-center justify-center bg-background p-6">
      <div role="alert" className="max-w-md rounded-2xl border border-border bg-card p-6 text-center">
        <h1 className="text-lg font-semibold">{t('title')}</h1>
        <p className="mt-2 text-[13px] text-muted-foreground">{t('kept')}</p>
        <pre className="mt-3 max-h-32 overflow-auto rounded-md bg-muted p-2 text-left text-[11px] whitespace-pre-wrap">
          {error.message}
        </pre>
        <button
          type="button"
          onClick={() => location.reload()}
          className="mt-4 h-8 rounded-md bg-primary px-3 text-[13px] font-medium text-primary-foreground"
        >
          {t('reload')}
        </button>
      </div>
    </main>
  );
}
