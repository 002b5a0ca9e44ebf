/** What a person likes, kept in localStorage: never part of a document. */
import { z } from 'zod';
import { createStore } from 'zustand/vanilla';
import { isLocale, localeCodes, type Locale } from '../_i18n/locales';

const schema = z.object({
  theme: z.enum(['system', 'light', 'dark']).catch('system'),
  locale: z.enum(localeCodes).optional().catch(undefined),
  backend: z.enum(['auto', 'webgpu', 'wasm']).catch('auto'),
  minimap: z.boolean().catch(true),
  snap: z.boolean().catch(false),
  tool: z.enum(['hand', 'select']).catch('hand'),
  library: z.boolean().catch(true),
  dock: z.enum(['inspect', 'docs', 'problems', 'list', 'trajectory', 'none']).catch('none'),
  dockWidth: z.number().min(280).max(720).catch(360),
  results: z.boolean().catch(true),
  /** Room for results, in megabytes. */
  resultsMegabytes: z.number().min(8).max(100_000).catch(256),
  /** Pattern of a saved result's name. */
  fileName: z.string().max(200).catch('{title}-{seed}-{index}'),
  previews: z.boolean().catch(true),
  keepTrajectory: z.boolean().catch(true),
  visited: z.boolean().catch(false),
});
export type Preferences = z.output<typeof schema>;

/** Budgets that the gallery offers, in megabytes. */
export const resultBudgets = [64, 256, 1024, 4096] as const;

const key = 'loom.preferences';

function load(): Preferences {
  try {
    return schema.parse(JSON.parse(localStorage.getItem(key) ?? '{}'));
  } catch {
    // No storage (private mode, server rendering) or damaged: defaults.
    return schema.parse({});
  }
}

export const preferences = createStore<Preferences>(() => load());

/** Changes preferences and keeps them. */
export function prefer(change: Partial<Preferences>): void {
  preferences.setState(change);
  try {
    localStorage.setItem(key, JSON.stringify(preferences.getState()));
  } catch {
    // Storage is full or forbidden: the change lasts as long as the page.
  }
}

/** The language chosen, or the browser's where it is one of ours. */
export function currentLocale(): Locale {
  const chosen = preferences.getState().locale;
  if (chosen !== undefined) return chosen;
  const wanted = typeof navigator === 'undefined' ? 'en' : navigator.language.slice(0, 2);
  return isLocale(wanted) ? wanted : 'en';
}
