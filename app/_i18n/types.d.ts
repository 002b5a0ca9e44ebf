import type en from './en.json';
import type late from './late.en.json';

declare module 'use-intl' {
  interface AppConfig {
    Messages: typeof en & typeof late;
    Locale: 'en' | 'ko';
  }
}
