'use client';
/** A file that is dropped on a widget or picked in it, kept in the document as a data URL. */
import { useRef, useState, type ChangeEvent, type DragEvent, type RefObject } from 'react';
import type { WidgetProps } from './props';

/** Larger files would make the document slow to save and share. */
export const fileLimit = 8 * 2 ** 20;

const asDataUrl = (file: File): Promise<string> =>
  new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.addEventListener('load', () =>
      typeof reader.result === 'string' ? resolve(reader.result) : reject(new Error('not text')),
    );
    reader.addEventListener('error', () => reject(reader.error ?? new Error('unreadable')));
    reader.readAsDataURL(file);
  });

export interface PickedFile {
  /** What was wrong with the last file. */
  readonly problem: string | null;
  readonly pick: () => void;
  readonly remove: () => void;
  readonly drop: {
    readonly onDragOver: (event: DragEvent) => void;
    readonly onDrop: (event: DragEvent) => void;
  };
  readonly input: {
    readonly ref: RefObject<HTMLInputElement | null>;
    readonly onChange: (event: ChangeEvent<HTMLInputElement>) => void;
  };
}

/** `refuse` says why a file cannot be used, or nothing. */
export function usePickedFile(
  { set, seal }: Pick<WidgetProps, 'set' | 'seal'>,
  refuse: (file: File) => string | undefined,
  unreadable: string,
): PickedFile {
  const ref = useRef<HTMLInputElement>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const keep = (value: string | null): void => {
    set(value);
    seal();
    setProblem(null);
  };
  const take = async (file: File | undefined): Promise<void> => {
    if (file === undefined) return;
    const refusal = refuse(file);
    if (refusal !== undefined) {
      setProblem(refusal);
      return;
    }
    try {
      keep(await asDataUrl(file));
    } catch {
      setProblem(unreadable);
    }
  };
  return {
    problem,
    pick: () => ref.current?.click(),
    remove: () => keep(null),
    drop: {
      onDragOver: (event) => event.preventDefault(),
      onDrop: (event) => {
        event.preventDefault();
        event.stopPropagation();
        void take(event.dataTransfer.files[0]);
      },
    },
    input: { ref, onChange: (event) => void take(event.target.files?.[0]) },
  };
}
