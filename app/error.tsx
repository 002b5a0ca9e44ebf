'use client';
/** What stands where the page broke. Open documents are kept in the browser's storage; a reload brings them back. */
import { useEffect, useState } from 'react';
import { createTranslator } from 'use-intl';

type Catalogue = typeof import('./_i18n/locales');

/** The texts in the page's language; undefined until they are there, or when they cannot be fetched any more. */
function useTexts() {
  const [t, setT] = useState<ReturnType<typeof translatorFor>>();
  useEffect(() => {
    // Fetched only here: the page that works has the catalogue already, this one comes with every page.
    import('./_i18n/locales')
      .then(async ({ fallback, isLocale, locales }) => {
        const { lang } = document.documentElement;
        const locale = isLocale(lang) ? lang : fallback.locale;
        const { default: messages } = await locales[locale].messages();
        setT(() => translatorFor(messages, locale));
      })
      .catch(() => undefined);
  }, []);
  return t;
}

const translatorFor = (messages: Catalogue['fallback']['messages'], locale: keyof Catalogue['locales']) =>
  createTranslator({ locale, messages, namespace: 'crash' });

export default function ErrorPage({ error }: { readonly error: Error }) {
  const t = useTexts();
  return (
    <main className="flex h-dvh items-center justify-center bg-background p-6">
      <div role="alert" className="max-w-md rounded-2xl border border-border bg-card p-6 text-center">
        <h1 className="text-lg font-semibold">{t?.('title') ?? 'Latent Loom'}</h1>
        <p className="mt-2 text-[13px] text-muted-foreground">{t?.('kept')}</p>
        <pre className="mt-3 max-h-32 overflow-auto rounded-md bg-muted p-2 text-left text-[11px] whitespace-pre-wrap">
          {error.message}
        </pre>
        <button
          type="button"
          onClick={() => location.reload()}
          className="mt-4 h-8 rounded-md bg-primary px-3 text-[13px] font-medium text-primary-foreground"
        >
          {t?.('reload') ?? '↻'}
        </button>
      </div>
    </main>
  );
}
