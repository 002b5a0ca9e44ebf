/** The workspace and its storage together: what a person gets back after closing the page. */
// oxlint-disable-next-line import/no-unassigned-import -- it puts IndexedDB into the global scope
import 'fake-indexeddb/auto';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { emptyDocument, parseDocument, type LoomDocument } from '@/engine';
import { openStore } from '@/app/_persistence/store';

const kept = new Map<string, string>();
beforeAll(() => {
  vi.stubGlobal('localStorage', {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => kept.set(key, value),
  });
});

const titled = (title: string): LoomDocument =>
  parseDocument({ ...emptyDocument(), meta: { title }, nodes: { n: { type: 'conditioning/text' } } })
    .document;

/** The page's modules as a fresh visit has them. */
async function visit() {
  vi.resetModules();
  const keep = await import('@/app/_persistence/persist-workspace');
  const workspace = await import('@/app/_state/workspace');
  const back = await keep.persistWorkspace();
  return { ...keep, ...workspace, back };
}
const titles = (page: Awaited<ReturnType<typeof visit>>) =>
  page.workspace.getState().tabs.map((tab) => tab.history.document.meta.title);

describe('a visit after another', () => {
  it('brings tabs, order, active tab and the last edits back; not what was read-only, empty or closed', async () => {
    const first = await visit();
    expect(first.back).toBe(0);
    const a = first.openDocument(titled('a'));
    const b = first.openDocument(titled('b'));
    first.openDocument(titled('from a link'), { readOnly: true });
    const closed = first.openDocument(titled('closed'));
    await vi.waitFor(() => expect(Object.keys(first.persistence.getState().states)).toHaveLength(3));
    b.history.edit('rename', (draft) => void (draft.meta.title = 'b, edited'));
    first.closeTab(closed.id);
    first.activate(a.id);
    await first.flushAll();
    await vi.waitFor(async () => {
      const store = await openStore();
      const open = (await store.list()).filter((entry) => entry.open);
      store.close();
      expect(open.map(({ title }) => title)).toEqual(['a', 'b, edited']);
    });
    first.persistence.getState().store?.close();

    const second = await visit();
    expect(second.back).toBe(2);
    expect(titles(second)).toEqual(['a', 'b, edited']);
    expect(second.activeTab().history.document.meta.title).toBe('a');
    // Asked twice (React's strict mode), it restores once.
    expect(await second.persistWorkspace()).toBe(0);
    expect(titles(second)).toHaveLength(2);
    second.persistence.getState().store?.close();
  });

  it('a shared document is kept once it is made one’s own, an empty one once something is in it', async () => {
    const page = await visit();
    const shared = page.openDocument(titled('shared'), { readOnly: true });
    const empty = page.openDocument(emptyDocument(), { replace: false });
    expect(page.persistence.getState().states[shared.id]).toBeUndefined();
    page.updateTab(shared.id, { readOnly: false });
    empty.history.edit('add', (draft) => void Object.assign(draft.nodes, titled('x').nodes));
    await vi.waitFor(() => {
      expect(page.persistence.getState().states[shared.id]?.state).toBe('saved');
      expect(page.persistence.getState().states[empty.id]?.state).toBe('saved');
    });
    page.persistence.getState().store?.close();
  });
});
