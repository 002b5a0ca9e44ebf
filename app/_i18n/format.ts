'use client';
/** Sizes and times in the reader's language. */
import { useMemo } from 'react';
import { useFormatter, useTranslations } from 'use-intl';

export interface Format {
  /** Bytes, decimal units. */
  bytes(count: number): string;
  /** Milliseconds. */
  duration(ms: number): string;
}

export function useFormat(): Format {
  const { number } = useFormatter();
  const t = useTranslations('format');
  return useMemo(
    () => ({
      bytes: (count) =>
        count < 1e6
          ? t('kilobytes', { count: number(count / 1e3, { maximumFractionDigits: 0 }) })
          : t('megabytes', {
              count: number(count / 1e6, { maximumFractionDigits: 1, minimumFractionDigits: 1 }),
            }),
      duration: (ms) => {
        if (ms < 1000) return t('milliseconds', { count: number(Math.round(ms)) });
        if (ms < 60_000)
          return t('seconds', { count: number(ms / 1000, { maximumFractionDigits: ms < 10_000 ? 1 : 0 }) });
        const seconds = Math.round(ms / 1000);
        return t('minutes', { minutes: Math.floor(seconds / 60), seconds: seconds % 60 });
      },
    }),
    [number, t],
  );
}
