/**
 * The languages of the interface. Everything derives from this list: to add one, write
 * `<code>/messages.json` and `<code>/nodes.json` beside `ko/` and add a line here.
 */
import en from './en/messages.json';

export type Messages = typeof en;

interface LocaleInfo {
  /** What the language calls itself. */
  readonly name: string;
  readonly messages: () => Promise<{ readonly default: Messages }>;
  /** Titles and texts of nodes; English stands in their definitions. */
  readonly nodes: () => Promise<{ readonly default: unknown }>;
}

export const locales = {
  en: { name: 'English', messages: async () => ({ default: en }), nodes: async () => ({ default: {} }) },
  ko: {
    name: '한국어',
    messages: () => import('./ko/messages.json'),
    nodes: () => import('./ko/nodes.json'),
  },
} satisfies Record<string, LocaleInfo>;

export type Locale = keyof typeof locales;
export const isLocale = (code: string): code is Locale => Object.hasOwn(locales, code);
export const localeCodes = Object.keys(locales).filter(isLocale);
/** Shown until another is chosen or has arrived. */
export const fallback = { locale: 'en', messages: en } as const satisfies {
  locale: Locale;
  messages: Messages;
};
