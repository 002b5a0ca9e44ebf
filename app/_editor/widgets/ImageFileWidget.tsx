'use client';
/** A picture from a file, a drop or the clipboard, kept in the document as a data URL. */
import { ImageUp, X } from 'lucide-react';
import { useTranslations } from 'use-intl';
import { Button } from '../../_ui/Button';
import type { WidgetProps } from './props';
import { fileLimit, usePickedFile } from './usePickedFile';

const types = new Set(['image/png', 'image/jpeg', 'image/webp']);

export function ImageFileWidget({ id, label, value, disabled, set, seal }: WidgetProps) {
  const t = useTranslations('image-file');
  const source = typeof value === 'string' && value.startsWith('data:image/') ? value : null;
  const file = usePickedFile(
    { set, seal },
    ({ type, size }) =>
      !types.has(type) ? t('not-a-picture') : size > fileLimit ? t('too-large') : undefined,
    t('unreadable'),
  );
  return (
    <div {...file.drop}>
      <input
        {...file.input}
        id={id}
        type="file"
        accept="image/png,image/jpeg,image/webp"
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
          <ImageUp size={18} />
          {t('choose')}
        </button>
      ) : (
        <div className="relative">
          {/* oxlint-disable-next-line jsx-a11y/img-redundant-alt -- names the parameter */}
          <img
            src={source}
            alt={label}
            className="block max-h-56 w-full rounded-md bg-muted object-contain"
          />
          <div className="absolute top-1 right-1 flex gap-1">
            <Button small look="outline" disabled={disabled} onClick={file.pick}>
              {t('replace')}
            </Button>
            <Button small look="outline" aria-label={t('remove')} disabled={disabled} onClick={file.remove}>
              <X size={13} />
            </Button>
          </div>
        </div>
      )}
      {file.problem !== null && <p className="mt-1 text-[11px] text-destructive">{file.problem}</p>}
    </div>
  );
}
