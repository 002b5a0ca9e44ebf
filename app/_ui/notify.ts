/** Short notices at the bottom of the page. The library that draws them comes with the first one. */
import type { ExternalToast } from 'sonner';
import { late } from './late';

/** sonner, fetched with the first notice. */
export const notices = late(() => import('./overlays/notices'));

/** Where a notice waits until the layer that draws it is on the page. */
let drawn: () => void = () => undefined;
const layer = new Promise<void>((resolve) => {
  drawn = resolve;
});
/** The layer says that it is on the page. */
export const noticesDrawn = (): void => drawn();

const kind =
  (name: 'error' | 'info' | 'success' | 'warning') =>
  (title: string, options?: ExternalToast): void => {
    void notices
      .load()
      .then(async ({ toast }) => {
        await layer;
        toast[name](title, options);
      })
      // A notice must not bring down what it speaks of.
      .catch((thrown: unknown) => console.warn(title, thrown));
  };

/** Tells the person something in passing. */
export const notify = {
  error: kind('error'),
  info: kind('info'),
  success: kind('success'),
  warning: kind('warning'),
};
