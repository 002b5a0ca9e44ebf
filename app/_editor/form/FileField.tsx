'use client';
/** What widgets for files have in common: a place to drop on or to pick with, and once there is a file, to replace or remove it. */
import { clsx } from 'clsx';
import { X, type LucideIcon } from 'lucide-react';
import type { ReactElement } from 'react';
import { useTranslations } from 'use-intl';
import { toLoomError } from '@/engine';
import { maxPictureBytes } from '@/nodes/_shared/picture-formats';
import { maxPixels } from '@/nodes/_shared/pixels';
import { Button } from '../../_ui/Button';
import type { WidgetProps } from './widget';
import { usePickedFile } from './usePickedFile';

interface FileFieldProps extends Pick<WidgetProps, 'id' | 'label' | 'disabled' | 'set' | 'seal'> {
  /** Namespace of what is said. */
  readonly labels: 'image-file' | 'latent-file';
  /** For the browser's file dialog. */
  readonly accept: string;
  readonly icon: LucideIcon;
  /** The file as what the parameter holds. Throws `too-large`, or another error for a file of another kind. */
  readonly read: (file: File) => Promise<string>;
  /** What to say of a file of another kind. */
  readonly misfit: string;
  /** What is shown of the file that is there; false where there is none. */
  readonly children: ReactElement | false;
  /** Whether the buttons lie over it; else they stand beside it. */
  readonly over?: boolean;
}

export function FileField({
  id,
  label,
  disabled,
  set,
  seal,
  labels,
  accept,
  icon: Icon,
  read,
  misfit,
  children,
  over = false,
}: FileFieldProps) {
  const t = useTranslations(labels);
  const file = usePickedFile({ set, seal }, read, (thrown) => {
    const { code, extra } = toLoomError(thrown, 'file-missing');
    if (code === 'file-missing') return t('unreadable');
    if (code !== 'too-large') return misfit;
    // Too many pixels, or too many bytes.
    return extra.details?.['unit'] === 'pixels'
      ? t('too-many-pixels', { limit: `${Math.sqrt(maxPixels)} × ${Math.sqrt(maxPixels)}` })
      : t('too-large', { limit: String(maxPictureBytes / 2 ** 20) });
  });
  return (
    <div {...file.drop}>
      <input
        {...file.input}
        id={id}
        type="file"
        accept={accept}
        aria-label={label}
        disabled={disabled}
        className="sr-only"
      />
      {children === false ? (
        <button
          type="button"
          disabled={disabled}
          onClick={file.pick}
          className="nodrag flex h-20 w-full flex-col items-center justify-center gap-1 rounded-md border border-dashed border-input text-xs text-muted-foreground hover:bg-muted"
        >
          <Icon size={18} />
          {t('choose')}
        </button>
      ) : (
        <div className={over ? 'relative' : 'flex items-center gap-1'}>
          {children}
          <div className={clsx('flex gap-1', over && 'absolute top-1 right-1')}>
            <Button small variant="outline" disabled={disabled} onClick={file.pick}>
              {t('replace')}
            </Button>
            <Button
              small
              variant="outline"
              aria-label={t('remove')}
              disabled={disabled}
              onClick={file.remove}
            >
              <X size={13} />
            </Button>
          </div>
        </div>
      )}
      {file.problem !== null && <p className="mt-1 text-[11px] text-destructive">{file.problem}</p>}
    </div>
  );
}
