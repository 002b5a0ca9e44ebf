/**
 * Keys typed between the key that opens a dialog and the moment its code is
 * there. Their owner means the dialog: letters wait for its search box; what
 * would act on the graph (Delete, Enter, letters that are hotkeys) does not.
 */
import { view } from '../../_state/view';

let typed = '';

/** Whether a dialog stands on the page. */
const onPage = (): boolean => document.querySelector('[role="dialog"], [role="alertdialog"]') !== null;

/** Whether a dialog is asked for and not on the page yet. */
function onItsWay(): boolean {
  const { dialog, palette } = view.getState();
  return (dialog !== null || palette !== null) && !onPage();
}

/** Whether keys belong to a dialog, seen or on its way. */
export const dialogOpen = (): boolean => onPage() || onItsWay();

/** Keeps a key for the dialog that is on its way. To be asked before anything else hears of the key. */
export function holdKey(event: KeyboardEvent): void {
  // The browser's own chords and function keys stay the browser's; ours are off while a dialog is open.
  if (!onItsWay() || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  const { key } = event;
  const letter = /^.$/u.test(key);
  if (!letter && !/^(Enter|Tab|Backspace|Delete|Escape|Arrow\w+)$/.test(key)) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  if (letter) typed += key;
  else if (key === 'Backspace') typed = typed.replace(/.$/u, '');
  else if (key === 'Escape') {
    typed = '';
    view.setState({ dialog: null, palette: null });
  }
  // Enter would choose from a list that nobody has seen: it is dropped like the rest.
}

/** What was typed for the search box that opens now; the next one begins empty. */
export function takeTyped(): string {
  const taken = typed;
  typed = '';
  return taken;
}
