/** Whether keys belong to a dialog: one that stands on the page, or one that is asked for and drawn next. */
import { view } from '../../_state/view';

export function dialogOpen(): boolean {
  const { dialog, palette } = view.getState();
  return (
    dialog !== null ||
    palette !== null ||
    document.querySelector('[role="dialog"], [role="alertdialog"]') !== null
  );
}
