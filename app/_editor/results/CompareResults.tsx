'use client';
/** Two results over each other: behind a slider, or as their difference. */
import { useState } from 'react';
import { useTranslations } from 'use-intl';
import type { Result } from '../../_state/results';
import { Choice } from '../../_ui/Choice';
import { ResultImage } from './ResultImage';

type Mode = 'slider' | 'difference';
const modes = ['slider', 'difference'] as const satisfies readonly Mode[];

export function CompareResults({ first, second }: { readonly first: Result; readonly second: Result }) {
  const t = useTranslations('results');
  const [mode, setMode] = useState<Mode>('slider');
  const [split, setSplit] = useState(50);
  return (
    <figure>
      <div
        className="relative isolate overflow-hidden rounded-lg border border-border bg-muted"
        style={{ aspectRatio: `${first.width} / ${first.height}` }}
      >
        <ResultImage result={second} label={`B: ${second.title}`} className="absolute inset-0 size-full" />
        <div
          className="absolute inset-0"
          style={
            mode === 'slider'
              ? { clipPath: `inset(0 ${100 - split}% 0 0)` }
              : // |A − B| of each channel; brightened, since small differences are what one looks for.
                { mixBlendMode: 'difference' }
          }
        >
          <ResultImage result={first} label={`A: ${first.title}`} className="size-full" />
        </div>
        {mode === 'slider' && (
          <span
            aria-hidden
            className="pointer-events-none absolute inset-y-0 w-0.5 -translate-x-1/2 bg-white shadow-[0_0_2px_black]"
            style={{ left: `${split}%` }}
          />
        )}
        {mode === 'difference' && (
          <span aria-hidden className="pointer-events-none absolute inset-0 backdrop-brightness-[4]" />
        )}
      </div>
      <figcaption className="mt-2 flex items-center gap-3">
        <span className="w-32">
          <Choice
            label={t('compare-mode')}
            value={mode}
            options={modes.map((value) => ({ value, label: t(`compare-${value}`) }))}
            onChange={(value) => setMode(value === 'difference' ? 'difference' : 'slider')}
          />
        </span>
        {mode === 'slider' && (
          <input
            type="range"
            min={0}
            max={100}
            value={split}
            aria-label={t('split')}
            onChange={(event) => setSplit(event.currentTarget.valueAsNumber)}
            className="min-w-0 flex-1 accent-primary"
          />
        )}
      </figcaption>
    </figure>
  );
}
