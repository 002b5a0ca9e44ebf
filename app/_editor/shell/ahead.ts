/** What keys open in an instant is fetched at the first sign of life, so that it is drawn by the very key that opens it. */
import { firstTouch } from '../../_ui/touch';
import { CommandDialog, FindDialog, Palette, ConnectionError, ConnectDialog } from './late-parts';

/** Fetches the palette and the searchable dialogs once somebody is there. A failed fetch shows when one is opened. */
export function preloadLazyParts(): void {
  void firstTouch()
    .then(() =>
      Promise.all(
        [Palette, CommandDialog, FindDialog, ConnectDialog, ConnectionError].map((part) => part.fetch()),
      ),
    )
    .catch(() => undefined);
}
