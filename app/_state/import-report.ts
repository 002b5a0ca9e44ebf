/** What became of the graph of another program that was opened last. */
import { createStore } from 'zustand/vanilla';
import type { ImportReport } from '../_interop/open';

export const importReport = createStore<{ readonly report: ImportReport | null }>(() => ({ report: null }));
