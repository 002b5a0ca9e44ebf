'use client';
/** What widgets for files have in common: a place to drop on or to pick with, and once there is a file, to replace or remove it. */
import { clsx } from 'clsx';
import { X, type LucideIcon } from 'lucide-react';
import type { ReactElement } from 'react';
import { useTranslations } from 'use-intl';
import { Button } from '../../_ui/Button';
import type { WidgetProps } from './props';
import { fileLimit, usePickedFile } from './usePickedFile';

interface FileFieldProps extends Pick<WidgetProps, 'id' | 'label' | 'disabled' | 'set' | 'seal'> {
  /** Namespace of what is said. */
  readonly labels: 'image-file' | 'latent-file';
  /** For the browser's file dialog. */
  readonly accept: string;
  readonly icon: LucideIcon;
  /** Whether a file is of the kind that is wanted, and what to say where it is not. */
  readonly fits: (file: File) => boolean;
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
  fits,
  misfit,
  children,
  over = false,
}: FileFieldProps) {
  const t = useTranslations(labels);
  const file = usePickedFile(
    { set, seal },
    (picked) => (!fits(picked) ? misfit : picked.size > fileLimit ? t('too-large') : undefined),
    t('unreadable'),
  );
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
