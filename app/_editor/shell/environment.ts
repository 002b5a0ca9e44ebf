'use client';
/** What the window is like: narrow, dark. */
import { useEffect, useSyncExternalStore } from 'react';
import { useStore } from 'zustand';
import { preferences } from '../../_state/preferences';
import { narrow, systemDark } from '../../_ui/media';

/** A phone, or a window as narrow as one: for looking and running. */
export const useNarrow = (): boolean => useSyncExternalStore(narrow.subscribe, narrow.get, () => false);

/** Applies the theme; true when dark. */
export function useTheme(): boolean {
  const theme = useStore(preferences, (state) => state.theme);
  const system = useSyncExternalStore(systemDark.subscribe, systemDark.get, () => false);
  const dark = theme === 'dark' || (theme === 'system' && system);
  useEffect(() => {
    document.documentElement.classList.toggle('dark', dark);
  }, [dark]);
  return dark;
}
