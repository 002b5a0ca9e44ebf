'use client';
/** Saves a value: the numbers as safetensors or .npy, its views as PNG. */
import { Download } from 'lucide-react';
import { useTranslations } from 'use-intl';
import { download, safeName } from '../_formats/download';
import { IconButton } from '../_ui/Button';
import { DropMenu } from '../_ui/DropMenu';
import { exportsOf } from '../_snapshots/export';
import type { Snapshot } from '../_snapshots/messages';

export function ExportMenu({ snapshot, title }: { readonly snapshot: Snapshot; readonly title: string }) {
  const t = useTranslations('inspect');
  return (
    <DropMenu
      align="end"
      trigger={
        <IconButton small label={t('export')}>
          <Download size={15} />
        </IconButton>
      }
      entries={exportsOf(snapshot).map(({ suffix, mime, bytes }) => ({
        key: suffix,
        label: suffix.includes('.') ? suffix : `.${suffix}`,
        perform: () =>
          download(new Blob([bytes()], { type: mime }), `${safeName(title.replaceAll('›', '-'))}.${suffix}`),
      }))}
    />
  );
}
