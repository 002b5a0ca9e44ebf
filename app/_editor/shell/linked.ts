/** A graph in the page's address: opened read-only, and still there after a reload until it is made one's own or closed. */
import { toLoomError } from '@/engine';
import { translate } from '../../_i18n/translate';
import { hasLink } from '../../_formats/link/has-link';
import { openDocument, workspace } from '../../_state/workspace';
import { notify } from '../../_ui/notify';

/** The tab that shows what the address holds; nothing else keeps a read-only document. */
let linked: string | undefined;

/** Takes the document out of the address: it is stored now, or nobody wants it any more. */
function forget(): void {
  linked = undefined;
  history.replaceState(null, '', location.pathname + location.search);
}

/** Opens the graph in the address. False when there is none, or none that can be read (a notice says why). */
export async function openLinked(): Promise<boolean> {
  if (!hasLink(location.href)) return false;
  try {
    const { readLink } = await import('../../_formats/link/link');
    const found = readLink(location.href);
    if (found === undefined) return false;
    linked = openDocument(found.document, { readOnly: true }).id;
    return true;
  } catch (thrown) {
    const error = toLoomError(thrown);
    notify.error(translate(`errors.${error.code}`), { description: error.message });
    forget();
    return false;
  }
}

/** Follows the address (a link put into the address bar of an open page) and the tab. Returns how to stop. */
export function followLink(): () => void {
  const changed = (): void => void openLinked();
  addEventListener('hashchange', changed);
  const stop = workspace.subscribe(({ tabs }) => {
    if (linked !== undefined && !tabs.some((tab) => tab.id === linked && tab.readOnly)) forget();
  });
  return () => {
    removeEventListener('hashchange', changed);
    stop();
  };
}
