'use client';
/** Words of the inspector, the painters and of sharing: they come with these parts, in both languages, and lie over the page's own. */
import { useMemo, type ReactNode } from 'react';
import { IntlProvider, useLocale, useMessages } from 'use-intl';
import en from './late.en.json';
import ko from './late.ko.json';

const late = { en, ko };

export function LateMessages({ children }: { readonly children: ReactNode }) {
  const locale = useLocale();
  const messages = useMessages();
  const all = useMemo(() => ({ ...messages, ...late[locale] }), [messages, locale]);
  return (
    <IntlProvider locale={locale} messages={all} timeZone="UTC">
      {children}
    </IntlProvider>
  );
}
