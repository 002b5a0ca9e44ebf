'use client';
/** The message catalogue in the chosen language; others than English are fetched when they are first wanted. */
import { useEffect, useState, type ReactNode } from 'react';
import { IntlProvider } from 'use-intl';
import { useStore } from 'zustand';
import { fallback, locales, type Locale, type Messages as Catalogue } from '../../_i18n/locales';
import { setNodeTexts } from '../../_i18n/node-labels';
import { currentLocale, preferences } from '../../_state/preferences';

export function Messages({ children }: { readonly children: ReactNode }) {
  const chosen = useStore(preferences, (state) => state.locale);
  const [shown, setShown] = useState<{ locale: Locale; messages: Catalogue }>(fallback);
  useEffect(() => {
    let live = true;
    const locale = chosen ?? currentLocale();
    void Promise.all([locales[locale].messages(), locales[locale].nodes()]).then(([messages, nodes]) => {
      if (!live) return;
      setNodeTexts(nodes.default);
      setShown({ locale, messages: messages.default });
      document.documentElement.lang = locale;
    });
    return () => {
      live = false;
    };
  }, [chosen]);
  return (
    <IntlProvider locale={shown.locale} messages={shown.messages} timeZone="UTC">
      {children}
    </IntlProvider>
  );
}
