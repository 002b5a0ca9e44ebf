/** Short notices at the bottom of the page. They wait here until `Toasts`, fetched with the first of them, shows them. */
import type { ExternalToast } from 'sonner';
import { createStore } from 'zustand/vanilla';

interface Notice {
  readonly kind: 'error' | 'info' | 'success' | 'warning';
  readonly title: string;
  readonly options: ExternalToast | undefined;
}

/** Notices that are not shown yet. */
export const waitingNotices = createStore<readonly Notice[]>(() => []);

const push =
  (kind: Notice['kind']) =>
  (title: string, options?: ExternalToast): void =>
    waitingNotices.setState((before) => [...before, { kind, title, options }], true);

/** Tells the person something in passing. */
export const notify = {
  error: push('error'),
  info: push('info'),
  success: push('success'),
  warning: push('warning'),
};
