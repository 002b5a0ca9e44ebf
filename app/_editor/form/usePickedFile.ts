'use client';
/** A file that is dropped on a widget or picked in it, kept in the document as a data URL. */
import { useRef, useState, type ChangeEvent, type DragEvent, type RefObject } from 'react';
import type { WidgetProps } from './widget';

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

/**
 * @param read the file as what the parameter holds; throws what is wrong with it
 * @param say the refusal in the interface's words
 */
export function usePickedFile(
  { set, seal }: Pick<WidgetProps, 'set' | 'seal'>,
  read: (file: File) => Promise<string>,
  say: (thrown: unknown) => string,
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
    try {
      keep(await read(file));
    } catch (thrown) {
      setProblem(say(thrown));
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
    input: {
      ref,
      onChange: (event) => {
        const { target } = event;
        // Emptied, so that the same file can be picked again.
        void take(target.files?.[0]).finally(() => (target.value = ''));
      },
    },
  };
}
