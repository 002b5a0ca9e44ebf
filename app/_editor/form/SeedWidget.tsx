'use client';
/** A 64-bit seed, and how it moves on with each run: not at all, by one, at random. */
import { Dices, Lock, Plus, Shuffle } from 'lucide-react';
import { useState } from 'react';
import { useTranslations } from 'use-intl';
import { randomSeed, seedControl, setSeedControl, type SeedControl } from '../../_state/edits';
import { useNode } from '../../_state/node-channel';
import { edit } from '../../_state/workspace';
import { DropMenu } from '../../_ui/DropMenu';
import { entry } from './entry-style';
import type { WidgetDescriptor, WidgetProps } from './widget';

const icons = { fixed: Lock, increment: Plus, random: Shuffle };
const controls: readonly SeedControl[] = ['fixed', 'increment', 'random'];

export function SeedWidget({ id, node, label, field, value, disabled, set, seal }: WidgetProps) {
  const t = useTranslations('seed');
  const control = seedControl(useNode(node), field.name);
  const [draft, setDraft] = useState<string | null>(null);
  const Icon = icons[control];
  const text = typeof value === 'string' ? value : '0';
  const take = (typed: string): void => {
    setDraft(null);
    const digits = typed.trim();
    if (/^\d{1,20}$/.test(digits) && BigInt(digits) < 2n ** 64n) {
      set(BigInt(digits).toString());
      seal();
    }
  };
  return (
    <div className="flex items-center gap-1">
      <label htmlFor={id} className="w-14 shrink-0 truncate text-[11.5px] text-muted-foreground">
        {label}
      </label>
      <input
        id={id}
        type="text"
        inputMode="numeric"
        value={draft ?? text}
        disabled={disabled}
        onChange={(event) => setDraft(event.target.value)}
        onBlur={(event) => draft !== null && take(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === 'Enter') take(event.currentTarget.value);
          if (event.key === 'Escape') setDraft(null);
        }}
        className={`${entry} flex-1 font-mono text-[11px] tabular-nums`}
      />
      <button
        type="button"
        disabled={disabled}
        aria-label={t('new')}
        title={t('new')}
        onClick={() => {
          set(randomSeed());
          seal();
        }}
        className="nodrag flex size-7 shrink-0 items-center justify-center rounded-md border border-border hover:bg-muted"
      >
        <Dices size={14} />
      </button>
      <DropMenu
        align="end"
        trigger={
          <button
            type="button"
            disabled={disabled}
            aria-label={t('control', { mode: t(control) })}
            title={t('control', { mode: t(control) })}
            className="nodrag flex size-7 shrink-0 items-center justify-center rounded-md border border-border hover:bg-muted"
          >
            <Icon size={13} />
          </button>
        }
        entries={controls.map((mode) => ({
          key: mode,
          label: t(`${mode}-long`),
          icon: icons[mode],
          checked: mode === control,
          choice: true as const,
          perform: () => edit('seed-control', (draft_) => setSeedControl(draft_, node, field.name, mode)),
        }))}
      />
    </div>
  );
}

export const seedWidget: WidgetDescriptor<'seed'> = {
  name: 'seed',
  component: SeedWidget,
  layout: 'own-label',
};
