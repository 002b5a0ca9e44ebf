'use client';
/** A latent from a safetensors file, kept in the document as a data URL. */
import { FileUp } from 'lucide-react';
import { useTranslations } from 'use-intl';
import { LoomError } from '@/engine';
import { checkPictureBytes } from '@/nodes/_shared/picture-formats';
import { toBase64 } from '../../_formats/base64';
import { useFormat } from '../../_i18n/format';
import { FileField } from './FileField';
import type { WidgetDescriptor, WidgetProps } from './widget';

/** `.latent` is what ComfyUI calls its safetensors files of latents. */
const named = /\.(?:safetensors|latent)$/iu;

const read = async (file: File): Promise<string> => {
  if (!named.test(file.name)) throw new LoomError('bad-input', 'Not a file of a latent.');
  checkPictureBytes(file.size);
  return `data:application/octet-stream;base64,${toBase64(new Uint8Array(await file.arrayBuffer()))}`;
};

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
      read={read}
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

export const latentFileWidget: WidgetDescriptor<'latent-file'> = {
  name: 'latent-file',
  component: LatentFileWidget,
  layout: 'stacked',
};
