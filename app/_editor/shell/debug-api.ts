/** What the browser's console (and the tests) may ask of a running editor: `loom.document()`, `loom.live()`. */
import { serialise } from '@/engine';
import { ask } from '../../_state/run-control';
import { workspace } from '../../_state/workspace';

export interface LoomConsole {
  /** The active document as canonical JSON. */
  document(): string;
  /** Tensors and sessions alive in the engine. */
  live(): Promise<{ tensors: number; bytes: number; sessions: number }>;
}

declare global {
  // A global's declaration needs `var`.
  // oxlint-disable-next-line no-var
  var loom: LoomConsole | undefined;
}

/** Puts `loom` on the window. */
export function exposeConsole(): void {
  globalThis.loom = {
    document: () => serialise(workspace.getState().document),
    async live() {
      const answer = await ask({ type: 'live' });
      if (answer.type !== 'live') throw new Error(answer.type);
      const { tensors, bytes, sessions } = answer;
      return { tensors, bytes, sessions };
    },
  };
}
