'use client';
/** A latent from a safetensors file, kept in the document as a data URL. */
import { FileUp, X } from 'lucide-react';
import { useTranslations } from 'use-intl';
import { useFormat } from '../../_i18n/format';
import { Button } from '../../_ui/Button';
import type { WidgetProps } from './props';
import { fileLimit, usePickedFile } from './usePickedFile';

/** `.latent` is what ComfyUI calls its safetensors files of latents. */
const named = /\.(?:safetensors|latent)$/iu;

export function LatentFileWidget({ id, label, value, disabled, set, seal }: WidgetProps) {
  const t = useTranslations('latent-file');
  const format = useFormat();
  const file = usePickedFile(
    { set, seal },
    ({ name, size }) =>
      !named.test(name) ? t('not-a-latent') : size > fileLimit ? t('too-large') : undefined,
    t('unreadable'),
  );
  const source = typeof value === 'string' ? value : null;
  return (
    <div {...file.drop}>
      <input
        {...file.input}
        id={id}
        type="file"
        accept=".safetensors,.latent"
        aria-label={label}
        disabled={disabled}
        className="sr-only"
      />
      {source === null ? (
        <button
          type="button"
          disabled={disabled}
          onClick={file.pick}
          className="nodrag flex h-20 w-full flex-col items-center justify-center gap-1 rounded-md border border-dashed border-input text-xs text-muted-foreground hover:bg-muted"
        >
          <FileUp size={18} />
          {t('choose')}
        </button>
      ) : (
        <div className="flex items-center gap-1">
          <span className="min-w-0 flex-1 truncate text-xs text-muted-foreground tabular-nums">
            {/* Base64 takes four characters for three bytes. */}
            {t('chosen', {
              size: format.bytes(Math.round((source.length - source.indexOf(',') - 1) * 0.75)),
            })}
          </span>
          <Button small look="outline" disabled={disabled} onClick={file.pick}>
            {t('replace')}
          </Button>
          <Button small look="outline" aria-label={t('remove')} disabled={disabled} onClick={file.remove}>
            <X size={13} />
          </Button>
        </div>
      )}
      {file.problem !== null && <p className="mt-1 text-[11px] text-destructive">{file.problem}</p>}
    </div>
  );
}
