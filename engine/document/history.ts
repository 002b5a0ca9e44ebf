/** Undo and redo as named immer patches. */
import { applyPatches, enablePatches, produceWithPatches, type Draft, type Patch } from 'immer';
import type { LoomDocument } from './schema';

enablePatches();

interface Entry {
  readonly label: string;
  readonly group: string | undefined;
  readonly redo: readonly Patch[];
  readonly undo: readonly Patch[];
}

export interface History {
  readonly document: LoomDocument;
  readonly canUndo: boolean;
  readonly canRedo: boolean;
  /** What undo would take back and redo bring back, in the words of the edit. */
  readonly undoLabel: string | undefined;
  readonly redoLabel: string | undefined;
  /**
   * The one door to the document. Edits in a row with the same `group` (a
   * slider's gesture, one field's typing) become one undo step. An edit that
   * changes nothing leaves no trace; one that throws leaves the document as it was.
   */
  edit(label: string, recipe: (draft: Draft<LoomDocument>) => void, group?: string): LoomDocument;
  undo(): void;
  redo(): void;
  /** Ends the current group: the next edit is a step of its own. */
  seal(): void;
  /** Called after each change; returns the way to stop. */
  subscribe(listener: (document: LoomDocument) => void): () => void;
}

/** Undo steps kept; older ones are forgotten. */
const limit = 2000;

/** The history of one document, beginning at `initial`. */
export function createHistory(initial: LoomDocument): History {
  let document = initial;
  let done: Entry[] = [];
  let undone: Entry[] = [];
  let sealed = true;
  const listeners = new Set<(document: LoomDocument) => void>();

  const move = (next: LoomDocument): void => {
    if (next === document) return;
    document = next;
    for (const listener of listeners) listener(document);
  };
  const record = (entry: Entry): void => {
    const last = done.at(-1);
    if (!sealed && last && entry.group !== undefined && last.group === entry.group) {
      done[done.length - 1] = {
        ...last,
        redo: [...last.redo, ...entry.redo],
        undo: [...entry.undo, ...last.undo],
      };
    } else {
      done.push(entry);
      if (done.length > limit) done.shift();
    }
    sealed = false;
    undone = [];
  };

  return {
    get document() {
      return document;
    },
    get canUndo() {
      return done.length > 0;
    },
    get canRedo() {
      return undone.length > 0;
    },
    get undoLabel() {
      return done.at(-1)?.label;
    },
    get redoLabel() {
      return undone.at(-1)?.label;
    },
    edit(label, recipe, group) {
      const [next, redo, undo] = produceWithPatches(document, (draft) => {
        recipe(draft);
      });
      if (redo.length > 0) {
        record({ label, group, redo, undo });
        move(next);
      }
      return document;
    },
    undo() {
      const entry = done.pop();
      if (!entry) return;
      undone.push(entry);
      sealed = true;
      move(applyPatches(document, entry.undo));
    },
    redo() {
      const entry = undone.pop();
      if (!entry) return;
      done.push(entry);
      sealed = true;
      move(applyPatches(document, entry.redo));
    },
    seal() {
      sealed = true;
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
