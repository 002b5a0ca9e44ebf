'use client';
/** The message catalogue in the chosen language; Korean is fetched when it is first wanted. */
import { useEffect, useState, type ReactNode } from 'react';
import { IntlProvider } from 'use-intl';
import { useStore } from 'zustand';
import { currentLocale, preferences, type Locale } from '../../_state/preferences';
import { setNodeTexts } from '../../_i18n/node-labels';
import en from '../../_i18n/en.json';

type Catalogue = typeof en;

const loaders: Record<Locale, () => Promise<{ messages: Catalogue; nodes: unknown }>> = {
  en: async () => ({ messages: en, nodes: {} }),
  ko: async () => {
    const [messages, nodes] = await Promise.all([
      import('../../_i18n/ko.json'),
      import('../../_i18n/nodes.ko.json'),
    ]);
    return { messages: messages.default, nodes: nodes.default };
  },
};

export function Messages({ children }: { readonly children: ReactNode }) {
  const chosen = useStore(preferences, (state) => state.locale);
  const [shown, setShown] = useState<{ locale: Locale; messages: Catalogue }>({ locale: 'en', messages: en });
  useEffect(() => {
    let live = true;
    const locale = chosen ?? currentLocale();
    void loaders[locale]().then(({ messages, nodes }) => {
      if (!live) return;
      setNodeTexts(nodes);
      setShown({ locale, messages });
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
