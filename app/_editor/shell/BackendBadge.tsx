'use client';
/** What computes, and why nothing better. */
import { clsx } from 'clsx';
import { Cpu, Loader2, TriangleAlert, Zap } from 'lucide-react';
import { useTranslations } from 'use-intl';
import { useStore } from 'zustand';
import { resume, startEngine } from '../../_state/run-control';
import { prefer, preferences } from '../../_state/preferences';
import { useRun } from '../../_state/run-store';
import { Button } from '../../_ui/Button';
import { Choice } from '../../_ui/Choice';
import { DropPanel } from '../../_ui/DropPanel';

export function BackendBadge({ compact }: { readonly compact: boolean }) {
  const t = useTranslations('backend');
  const engine = useRun((state) => state.engine);
  const running = useRun((state) => state.current !== null);
  const choice = useStore(preferences, (state) => state.backend);
  const short =
    engine.is === 'ready'
      ? t(`short-${engine.backend.kind}`, { precision: engine.backend.precision })
      : t(engine.is);
  const Icon =
    engine.is === 'starting'
      ? Loader2
      : engine.is === 'failed'
        ? TriangleAlert
        : engine.backend.kind === 'webgpu'
          ? Zap
          : Cpu;
  return (
    <DropPanel
      title={short}
      trigger={
        <button
          type="button"
          aria-label={t('label', { state: short })}
          className={clsx(
            'flex h-7 shrink-0 items-center gap-1.5 rounded-full border px-2.5 text-xs font-medium',
            engine.is === 'failed'
              ? 'border-destructive/40 bg-destructive-soft text-destructive'
              : engine.is === 'ready' && engine.backend.kind === 'webgpu'
                ? 'border-success/40 bg-success-soft text-success'
                : 'border-border bg-muted text-muted-foreground',
          )}
        >
          <Icon size={13} className={engine.is === 'starting' ? 'animate-spin' : ''} />
          {!compact && short}
        </button>
      }
    >
      {engine.is === 'ready' && (
        <>
          <p className="mt-1 text-xs text-muted-foreground">{engine.backend.device}</p>
          <p className="mt-2 text-xs">{t(`what-${engine.backend.kind}`)}</p>
          {engine.backend.limits.length > 0 && (
            <>
              <h3 className="mt-3 text-xs font-semibold">{t('why')}</h3>
              <ul className="mt-1 list-disc space-y-1 pl-4 text-xs text-muted-foreground">
                {engine.backend.limits.map((limit) => (
                  <li key={limit}>{t(`limit-${limit}`)}</li>
                ))}
              </ul>
            </>
          )}
        </>
      )}
      {engine.is === 'failed' && (
        <p className="mt-1 text-xs break-words text-destructive">
          {engine.error.message} {engine.error.fix}
        </p>
      )}
      <div className="mt-3 flex items-center gap-2">
        <span className="text-xs text-muted-foreground">{t('choose')}</span>
        <Choice
          className="flex-1"
          label={t('choose')}
          value={choice}
          disabled={running}
          options={(['auto', 'webgpu', 'wasm'] as const).map((value) => ({
            value,
            label: t(`choice-${value}`),
          }))}
          onChange={(value) => {
            prefer({ backend: value === 'webgpu' || value === 'wasm' ? value : 'auto' });
            startEngine();
          }}
        />
        {engine.is === 'failed' && (
          <Button
            small
            onClick={() =>
              engine.error.code === 'device-lost' ? void resume({ again: true }) : startEngine()
            }
          >
            {t(engine.error.code === 'device-lost' ? 'resume' : 'again')}
          </Button>
        )}
      </div>
    </DropPanel>
  );
}
