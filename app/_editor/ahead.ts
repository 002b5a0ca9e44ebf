/** What keys open in an instant is fetched at the first sign of life, so that the first letters typed into it are not lost. */
import { firstTouch } from '../_ui/touch';

/** Fetches the palette and the searchable dialogs once somebody is there. A failed fetch shows when one is opened. */
export function fetchAhead(): void {
  void firstTouch()
    .then(() =>
      Promise.all([
        import('./Palette'),
        import('./dialogs/CommandDialog'),
        import('./dialogs/FindDialog'),
        import('./dialogs/WireDialog'),
        import('./RefusalCard'),
      ]),
    )
    .catch(() => undefined);
}
