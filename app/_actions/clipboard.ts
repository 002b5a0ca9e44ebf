/** Copy, paste and duplicate: within a document, between tabs and between windows, as text. */
import type { Draft } from 'immer';
import type { LoomDocument } from '@/engine';
import { copyNodes, pasteClip, readClip, type Clip, type Selection } from '../_formats/clip';
import { placeForNew } from '../_state/flow';
import { select } from '../_state/view';
import { edit, workspace } from '../_state/workspace';

/** Stands in where the browser gives no clipboard to commands (no permission, no focus). */
let ownClipboard = '';
let pastes = 0;

const selectionOf = (ids: readonly string[]): Selection => ({
  nodes: ids.filter((id) => !id.includes(':')),
  groups: ids.filter((id) => id.startsWith('group:')).map((id) => id.slice(6)),
  notes: ids.filter((id) => id.startsWith('note:')).map((id) => id.slice(5)),
});

/** The clipboard text of some canvas items; incoming edges are in it, a plain paste leaves them out. */
export const clipText = (ids: readonly string[]): string =>
  copyNodes(workspace.getState().document, selectionOf(ids), { incoming: true });

export const lastCopied = (): string => ownClipboard;

/** Remembers a text that the browser's own copy event took. */
export function noteCopied(text: string): void {
  ownClipboard = text;
  pastes = 0;
}

export async function copySelection(ids: readonly string[]): Promise<void> {
  const text = clipText(ids);
  noteCopied(text);
  // Without permission the text stays in this window.
  await navigator.clipboard?.writeText(text).catch(() => undefined);
}

/** Pastes into the active document as one step and selects what came. */
export function paste(clip: Clip, connected: boolean, at?: { x: number; y: number }): void {
  pastes += 1;
  const kept: Clip = connected ? clip : { ...clip, incoming: [] };
  let ids: string[] = [];
  edit('paste', (draft) => {
    ids = pasteInto(draft, kept, at);
  });
  select(ids);
}

/**
 * Pastes copied nodes where the pointer is.
 * @returns false when the text is something else
 * @throws LoomError when it says it is copied nodes but is damaged
 */
export function pasteNodes(text: string, connected: boolean): boolean {
  const clip = readClip(text);
  if (clip !== undefined) paste(clip, connected, pastePlace());
  return clip !== undefined;
}

function pasteInto(draft: Draft<LoomDocument>, clip: Clip, at?: { x: number; y: number }): string[] {
  const pasted = pasteClip(draft, clip, at === undefined ? {} : { at });
  return [
    ...pasted.nodes,
    ...pasted.groups.map((id) => `group:${id}`),
    ...pasted.notes.map((id) => `note:${id}`),
  ];
}

/** Where a paste goes: under the pointer; again and again at one place, each a little further. */
export function pastePlace(): { x: number; y: number } {
  const { flow } = placeForNew();
  return { x: flow.x + 24 * (pastes % 8), y: flow.y + 24 * (pastes % 8) };
}

export function duplicateSelection(ids: readonly string[], connected: boolean): void {
  const clip = readClip(copyNodes(workspace.getState().document, selectionOf(ids), { incoming: connected }));
  if (clip === undefined) return;
  let made: string[] = [];
  edit('duplicate', (draft) => {
    made = pasteInto(draft, clip);
  });
  select(made);
}
