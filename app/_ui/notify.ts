/** Short notices at the bottom of the page. The library that draws them comes with the first one. */
import type { ExternalToast } from 'sonner';
import { late } from './late';
import { noticeLayer } from './notice-gate';

/** sonner, fetched with the first notice. */
export const notices = late(() => import('./overlays/notices'));

const kind =
  (name: 'error' | 'info' | 'success' | 'warning') =>
  (title: string, options?: ExternalToast): void => {
    void notices
      .load()
      .then(async ({ toast }) => {
        await noticeLayer;
        toast[name](title, options);
      })
      // A notice must not bring down what it speaks of.
      .catch((thrown: unknown) => reportError(thrown));
  };

/** Tells the person something in passing. */
export const notify = {
  error: kind('error'),
  info: kind('info'),
  success: kind('success'),
  warning: kind('warning'),
};
