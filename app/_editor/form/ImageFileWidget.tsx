'use client';
/** A picture from a file, a drop or the clipboard, kept in the document as a data URL. */
import { ImageUp } from 'lucide-react';
import { useTranslations } from 'use-intl';
import { FileField } from './FileField';
import type { WidgetProps } from './props';

const types = ['image/png', 'image/jpeg', 'image/webp'];

export function ImageFileWidget(props: WidgetProps) {
  const t = useTranslations('image-file');
  const { label, value } = props;
  const source = typeof value === 'string' && value.startsWith('data:image/') ? value : null;
  return (
    <FileField
      {...props}
      labels="image-file"
      accept={types.join(',')}
      icon={ImageUp}
      fits={({ type }) => types.includes(type)}
      misfit={t('not-a-picture')}
      over
    >
      {source !== null && (
        // oxlint-disable-next-line jsx-a11y/img-redundant-alt -- names the parameter
        <img src={source} alt={label} className="block max-h-56 w-full rounded-md bg-muted object-contain" />
      )}
    </FileField>
  );
}
