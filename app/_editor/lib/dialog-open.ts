/** Whether keys belong to a dialog, so that they are no hotkeys on the graph behind it. */
import { view } from '../../_state/view';

/** Whether a dialog stands on the page. */
export const dialogOnPage = (): boolean =>
  document.querySelector('[role="dialog"], [role="alertdialog"]') !== null;

/** Whether a dialog stands on the page, or is asked for and its code on its way. */
export function dialogOpen(): boolean {
  const { dialog, palette } = view.getState();
  return dialog !== null || palette !== null || dialogOnPage();
}
