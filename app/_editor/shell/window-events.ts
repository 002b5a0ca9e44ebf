'use client';
/** Hotkeys, clipboard events and drops of the whole window. */
import { useEffect } from 'react';
import { createKeybindingsHandler } from 'tinykeys';
import { getOwn, toLoomError } from '@/engine/types';
import { clipText, noteCopied, pasteNodes } from '../../_actions/clipboard';
import { commands, enabled, perform } from '../../_actions/commands';
import { translate } from '../../_i18n/translate';
import { dropPayloadOf, type DropPayload } from '../../_formats/drop-payload';
import { droppedModels } from '../../_formats/model-files';
import { removeItems } from '../../_state/edits';
import { flow } from '../../_state/flow';
import { select, view } from '../../_state/view';
import { edit, workspace } from '../../_state/workspace';
import { notify } from '../../_ui/notify';
import { dialogOnPage, dialogOpen } from '../lib/dialog-open';

/** Text being edited, or text marked with the mouse: the browser's own clipboard and keys apply. */
function inText(target: EventTarget | null): boolean {
  if (!(target instanceof Element)) return false;
  return target.closest('input, textarea, select, [contenteditable="true"]') !== null;
}
const marked = (): boolean => (getSelection()?.toString() ?? '') !== '';

/** Enter with a modifier, pressed on a node itself: never a choice, always a command. */
const modifiedEnter = (event: KeyboardEvent): boolean =>
  event.key === 'Enter' &&
  (event.shiftKey || event.ctrlKey || event.metaKey) &&
  event.target instanceof Element &&
  event.target.classList.contains('react-flow__node');

const refuse = (thrown: unknown): void => {
  const error = toLoomError(thrown);
  notify.error(translate(`errors.${error.code}`), { description: error.message });
};

/** Tab opens the palette only from the canvas itself; elsewhere it moves the focus as everywhere. */
function keyApplies(event: KeyboardEvent, key: string): boolean {
  if (inText(event.target) && !/\$mod|Alt|F\d/.test(key)) return false;
  if (inText(event.target) && /^\$mod\+(z|Shift\+z|y|a|d|b|m|g|f)$/.test(key)) {
    // In a field these belong to the text, except undo, which is the document's.
    if (!/z|y/.test(key)) return false;
  }
  if (dialogOpen() && key !== '$mod+k') return false;
  if (key === 'Tab') {
    const target = event.target;
    return (
      target === document.body ||
      (target instanceof Element && (target.id === 'canvas' || target.classList.contains('react-flow__pane')))
    );
  }
  // Letters typed into an open menu or list look for an entry.
  const inList = event.target instanceof Element && event.target.closest('[role="menu"], [role="listbox"]');
  return inList === null || inList === false || /\$mod|Alt|F\d/.test(key);
}

export function useWindowEvents(): void {
  useEffect(() => {
    const bindings: Record<string, (event: KeyboardEvent) => void> = {};
    for (const { id, keys } of commands)
      for (const key of keys ?? [])
        bindings[key] = (event) => {
          if (!keyApplies(event, key) || !enabled(id)) return;
          event.preventDefault();
          perform(id);
        };
    bindings['Escape'] = () => {
      // A dialog closes itself; one that is asked for and not there yet is given up.
      if (dialogOnPage()) return;
      const waiting = dialogOpen();
      view.setState({ connectionError: null, palette: null, menu: null, dialog: null });
      if (!waiting) select([]);
    };
    const onKey = createKeybindingsHandler(bindings);
    const onModifiedEnter = (event: KeyboardEvent): void => {
      // React Flow takes every Enter on a node for a choice, and with Shift or Control it takes the choice
      // back before the command that stands on these keys (run, run to here) has seen it.
      if (event.defaultPrevented || !modifiedEnter(event)) return;
      event.stopPropagation();
      onKey(event);
    };
    window.addEventListener('keydown', onModifiedEnter, true);
    window.addEventListener('keydown', onKey);
    return () => {
      window.removeEventListener('keydown', onModifiedEnter, true);
      window.removeEventListener('keydown', onKey);
    };
  }, []);

  useEffect(() => {
    const copy = (event: ClipboardEvent, cut: boolean): void => {
      if (inText(event.target) || marked() || dialogOpen()) return;
      const ids = [...view.getState().selection];
      if (ids.length === 0) return;
      const text = clipText(ids);
      event.clipboardData?.setData('text/plain', text);
      event.preventDefault();
      noteCopied(text);
      if (!cut) return;
      edit('cut', (draft) => removeItems(draft, ids, [], false));
      select([]);
    };
    const onCopy = (event: ClipboardEvent): void => copy(event, false);
    const onCut = (event: ClipboardEvent): void => copy(event, true);
    const onPaste = (event: ClipboardEvent): void => {
      if (inText(event.target) || dialogOpen() || event.clipboardData === null) return;
      event.preventDefault();
      const text = event.clipboardData.getData('text/plain');
      if (event.clipboardData.files.length > 0) takeAll(dropPayloadOf(event.clipboardData));
      else
        try {
          // Nodes at once; the readers of everything else are fetched when it comes.
          if (pasteNodes(text, false)) return;
          import('../../_actions/take-incoming')
            .then(({ pasteText }) => pasteText(text, false))
            .catch(refuse);
        } catch (thrown) {
          refuse(thrown);
        }
    };
    const onDragOver = (event: DragEvent): void => {
      const types = event.dataTransfer?.types ?? [];
      if (types.includes('Files') || (types.includes('text/uri-list') && !inText(event.target)))
        event.preventDefault();
    };
    const onDrop = (event: DragEvent): void => {
      if (event.defaultPrevented || event.dataTransfer === null) return;
      const models = droppedModels(event.dataTransfer);
      const onto = nodeAt(event.target);
      // Other nodes may take the file themselves: a latent is a safetensors file too.
      const forModel =
        onto === undefined ||
        getOwn(workspace.getState().document.nodes, onto)?.type.startsWith('model/') === true;
      if (models !== undefined && forModel) {
        event.preventDefault();
        const at = flow()?.screenToFlowPosition({ x: event.clientX, y: event.clientY });
        Promise.all([models, import('../../_actions/models')])
          .then(async ([dropped, { takeModel }]) => {
            for (const files of dropped) await takeModel(files, at, onto);
          })
          .catch(refuse);
        return;
      }
      const payload = dropPayloadOf(event.dataTransfer);
      // An address from another window; not a picture of this page, nor text that is moved within a field.
      const address = /^https?:/i.test(payload.text) && !inText(event.target);
      if (payload.files.length === 0 && !address) return;
      event.preventDefault();
      takeAll(payload, nodeAt(event.target));
    };
    document.addEventListener('copy', onCopy);
    document.addEventListener('cut', onCut);
    document.addEventListener('paste', onPaste);
    window.addEventListener('dragover', onDragOver);
    window.addEventListener('drop', onDrop);
    return () => {
      document.removeEventListener('copy', onCopy);
      document.removeEventListener('cut', onCut);
      document.removeEventListener('paste', onPaste);
      window.removeEventListener('dragover', onDragOver);
      window.removeEventListener('drop', onDrop);
    };
  }, []);
}

/** The node under a drop. */
const nodeAt = (target: EventTarget | null): string | undefined =>
  target instanceof Element
    ? (target.closest('.react-flow__node')?.getAttribute('data-id') ?? undefined)
    : undefined;

/**
 * Each thing is taken or refused on its own; one picture that is dropped on a node goes into that node. The readers
 * of files come with the first of them.
 */
function takeAll(payload: DropPayload, node?: string): void {
  Promise.all([import('../../_actions/take-incoming'), import('../../_formats/disk')])
    .then(async ([{ takeIncoming, takeIntoNode }, { readDropPayload }]) => {
      const [only] = payload.files.length === 1 ? payload.files : [];
      if (node !== undefined && only !== undefined && (await takeIntoNode(node, only))) return;
      for (const incoming of await readDropPayload(payload))
        try {
          if (incoming instanceof Error) throw incoming;
          takeIncoming(incoming);
        } catch (thrown) {
          refuse(thrown);
        }
    })
    .catch(refuse);
}
