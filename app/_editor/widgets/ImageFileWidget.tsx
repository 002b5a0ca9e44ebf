'use client';
/** A picture from a file, a drop or the clipboard, kept in the document as a data URL. */
import { ImageUp, X } from 'lucide-react';
import { useRef, useState, type ChangeEvent, type DragEvent } from 'react';
import { useTranslations } from 'use-intl';
import { Button } from '../../_ui/Button';
import type { WidgetProps } from './props';

/** Larger files would make the document slow to save and share. */
const limit = 8 * 2 ** 20;
const types = new Set(['image/png', 'image/jpeg', 'image/webp']);

const asDataUrl = (file: File): Promise<string> =>
  new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.addEventListener('load', () =>
      typeof reader.result === 'string' ? resolve(reader.result) : reject(new Error('not text')),
    );
    reader.addEventListener('error', () => reject(reader.error ?? new Error('unreadable')));
    reader.readAsDataURL(file);
  });

export function ImageFileWidget({ id, label, value, disabled, set, seal }: WidgetProps) {
  const t = useTranslations('image-file');
  const input = useRef<HTMLInputElement>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const source = typeof value === 'string' && value.startsWith('data:image/') ? value : null;
  const take = async (file: File | undefined): Promise<void> => {
    if (file === undefined) return;
    if (!types.has(file.type)) setProblem(t('not-a-picture'));
    else if (file.size > limit) setProblem(t('too-large'));
    else {
      try {
        set(await asDataUrl(file));
        seal();
        setProblem(null);
      } catch {
        setProblem(t('unreadable'));
      }
    }
  };
  return (
    <div
      onDragOver={(event: DragEvent) => event.preventDefault()}
      onDrop={(event: DragEvent) => {
        event.preventDefault();
        event.stopPropagation();
        void take(event.dataTransfer.files[0]);
      }}
    >
      <input
        ref={input}
        id={id}
        type="file"
        accept="image/png,image/jpeg,image/webp"
        aria-label={label}
        disabled={disabled}
        className="sr-only"
        onChange={(event: ChangeEvent<HTMLInputElement>) => void take(event.target.files?.[0])}
      />
      {source === null ? (
        <button
          type="button"
          disabled={disabled}
          onClick={() => input.current?.click()}
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
            <Button small look="outline" disabled={disabled} onClick={() => input.current?.click()}>
              {t('replace')}
            </Button>
            <Button
              small
              look="outline"
              aria-label={t('remove')}
              disabled={disabled}
              onClick={() => {
                set(null);
                seal();
              }}
            >
              <X size={13} />
            </Button>
          </div>
        </div>
      )}
      {problem !== null && <p className="mt-1 text-[11px] text-destructive">{problem}</p>}
    </div>
  );
}
