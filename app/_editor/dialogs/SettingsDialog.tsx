'use client';
import type { ReactNode } from 'react';
import { useTranslations } from 'use-intl';
import { useStore } from 'zustand';
import { isLocale, localeCodes, locales } from '../../_i18n/locales';
import { keepTrajectory, startEngine } from '../../_state/run-control';
import { currentLocale, prefer, preferences } from '../../_state/preferences';
import { view } from '../../_state/view';
import { Choice } from '../../_ui/Choice';
import { Modal } from '../../_ui/Modal';
import { Toggle } from '../../_ui/Toggle';

function Row({
  label,
  hint,
  children,
}: {
  readonly label: string;
  readonly hint?: string;
  readonly children: ReactNode;
}) {
  return (
    <div className="flex items-center justify-between gap-6 py-2.5">
      <span className="min-w-0">
        <span className="block text-[13px] font-medium">{label}</span>
        {hint !== undefined && <span className="block text-xs text-muted-foreground">{hint}</span>}
      </span>
      <span className="w-44 shrink-0 text-right">{children}</span>
    </div>
  );
}

/** What a person can set once for all graphs. */
export function SettingsDialog() {
  const t = useTranslations('settings');
  const tb = useTranslations('backend');
  const p = useStore(preferences);
  const toggle = (label: string, checked: boolean, change: (checked: boolean) => void) => (
    <span className="flex justify-end">
      <Toggle label={label} checked={checked} onChange={change} />
    </span>
  );
  return (
    <Modal
      open
      onOpenChange={(open) => !open && view.setState({ dialog: null })}
      title={t('title')}
      closeLabel={t('close')}
    >
      <div className="-my-2.5 divide-y divide-border">
        <Row label={t('theme')}>
          <Choice
            label={t('theme')}
            value={p.theme}
            options={(['system', 'light', 'dark'] as const).map((value) => ({
              value,
              label: t(`theme-${value}`),
            }))}
            onChange={(value) => prefer({ theme: value === 'light' || value === 'dark' ? value : 'system' })}
          />
        </Row>
        <Row label={t('language')}>
          <Choice
            label={t('language')}
            value={currentLocale()}
            options={localeCodes.map((value) => ({ value, label: locales[value].name }))}
            onChange={(value) => {
              if (isLocale(value)) prefer({ locale: value });
            }}
          />
        </Row>
        <Row label={tb('choose')} hint={t('backend-hint')}>
          <Choice
            label={tb('choose')}
            value={p.backend}
            options={(['auto', 'webgpu', 'wasm'] as const).map((value) => ({
              value,
              label: tb(`choice-${value}`),
            }))}
            onChange={(value) => {
              prefer({ backend: value === 'webgpu' || value === 'wasm' ? value : 'auto' });
              startEngine();
            }}
          />
        </Row>
        <Row label={t('previews')} hint={t('previews-hint')}>
          {toggle(t('previews'), p.previews, (previews) => prefer({ previews }))}
        </Row>
        <Row label={t('trajectory')} hint={t('trajectory-hint')}>
          {toggle(t('trajectory'), p.keepTrajectory, (keep) => {
            prefer({ keepTrajectory: keep });
            keepTrajectory(keep);
          })}
        </Row>
        <Row label={t('snap')}>{toggle(t('snap'), p.snap, (snap) => prefer({ snap }))}</Row>
        <Row label={t('minimap')}>{toggle(t('minimap'), p.minimap, (minimap) => prefer({ minimap }))}</Row>
      </div>
    </Modal>
  );
}
