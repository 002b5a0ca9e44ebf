'use client';
/** A latent from a safetensors file, kept in the document as a data URL. */
import { FileUp } from 'lucide-react';
import { useTranslations } from 'use-intl';
import { useFormat } from '../../_i18n/format';
import { FileField } from './FileField';
import type { WidgetProps } from './props';

/** `.latent` is what ComfyUI calls its safetensors files of latents. */
const named = /\.(?:safetensors|latent)$/iu;

export function LatentFileWidget(props: WidgetProps) {
  const t = useTranslations('latent-file');
  const format = useFormat();
  const source = typeof props.value === 'string' ? props.value : null;
  return (
    <FileField
      {...props}
      labels="latent-file"
      accept=".safetensors,.latent"
      icon={FileUp}
      fits={({ name }) => named.test(name)}
      misfit={t('not-a-latent')}
    >
      {source !== null && (
        <span className="min-w-0 flex-1 truncate text-xs text-muted-foreground tabular-nums">
          {/* Base64 takes four characters for three bytes. */}
          {t('chosen', {
            size: format.bytes(Math.round((source.length - source.indexOf(',') - 1) * 0.75)),
          })}
        </span>
      )}
    </FileField>
  );
}
