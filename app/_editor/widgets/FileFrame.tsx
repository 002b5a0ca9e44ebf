'use client';
/** What widgets for files have in common: a place to drop on or to pick with, and once there is a file, to replace or remove it. */
import { X, type LucideIcon } from 'lucide-react';
import type { ReactNode } from 'react';
import { useTranslations } from 'use-intl';
import { Button } from '../../_ui/Button';
import type { WidgetProps } from './props';
import { fileLimit, usePickedFile } from './usePickedFile';

interface FileFrameProps extends Pick<WidgetProps, 'id' | 'label' | 'disabled' | 'set' | 'seal'> {
  /** Namespace of what is said. */
  readonly words: 'image-file' | 'latent-file';
  /** For the browser's file dialog. */
  readonly accept: string;
  readonly icon: LucideIcon;
  /** Whether a file is of the kind that is wanted, and what to say where it is not. */
  readonly fits: (file: File) => boolean;
  readonly misfit: string;
  /** Shows the file that is there, given its buttons; null where there is none. */
  readonly shown: ((buttons: ReactNode) => ReactNode) | null;
}

export function FileFrame({
  id,
  label,
  disabled,
  set,
  seal,
  words,
  accept,
  icon: Icon,
  fits,
  misfit,
  shown,
}: FileFrameProps) {
  const t = useTranslations(words);
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
      {shown === null ? (
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
        shown(
          <>
            <Button small look="outline" disabled={disabled} onClick={file.pick}>
              {t('replace')}
            </Button>
            <Button small look="outline" aria-label={t('remove')} disabled={disabled} onClick={file.remove}>
              <X size={13} />
            </Button>
          </>,
        )
      )}
      {file.problem !== null && <p className="mt-1 text-[11px] text-destructive">{file.problem}</p>}
    </div>
  );
}
