// oxlint-disable-next-line import/no-unassigned-import -- it puts IndexedDB into the global scope
import 'fake-indexeddb/auto';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { createHistory, emptyDocument, LoomError, serialise, type LoomDocument } from '@/engine';
import { createAutosave } from '@/app/_persistence/autosave';
import { openStore, type DocumentStore } from '@/app/_persistence/store';
import { thin } from '@/app/_persistence/versions';
import { sample } from '../formats/documents';

const open: DocumentStore[] = [];
let names = 0;
/** A fresh store, or a second connection to one. */
async function store(options: { name?: string; now?: () => number } = {}): Promise<DocumentStore> {
  const made = await openStore({ name: `test-${names++}`, ...options });
  open.push(made);
  return made;
}
afterEach(() => {
  for (const each of open.splice(0)) each.close();
  vi.useRealTimers();
});
const titled = (title: string): LoomDocument => ({ ...emptyDocument(), meta: { title } });

describe('the store', () => {
  it('keeps documents byte for byte, with what it does not know', async () => {
    const db = await store();
    const { id } = await db.create(sample);
    const found = await db.load(id);
    expect(serialise(found.document)).toBe(serialise(sample));
    expect(found.entry).toMatchObject({ title: sample.meta.title, open: true, revision: 1 });
  });

  it('survives closing the page', async () => {
    const first = await store({ name: 'twice' });
    const { id } = await first.create(titled('a'));
    await first.save(id, titled('b'), 1);
    first.close();
    const second = await store({ name: 'twice' });
    expect((await second.load(id)).document.meta.title).toBe('b');
    expect(await second.list()).toHaveLength(1);
  });

  it('remembers tabs and their order', async () => {
    const db = await store();
    const ids = await Promise.all(['a', 'b', 'c'].map(async (title) => (await db.create(titled(title))).id));
    const [a = '', b = '', c = ''] = ids;
    await db.setTabs([c, a]);
    const list = await db.list();
    expect(list.map(({ id, open: isOpen }) => [id, isOpen])).toEqual([
      [c, true],
      [a, true],
      [b, false],
    ]);
  });

  it('keeps both sides when two tabs of the browser save the same document', async () => {
    const name = 'shared';
    const [one, two] = [await store({ name }), await store({ name })];
    const { id } = await one.create(titled('start'));
    const mine = await one.save(id, titled('from one'), 1);
    expect(mine).toEqual({ revision: 2, conflict: false });
    const theirs = await two.save(id, titled('from two'), 1);
    expect(theirs).toEqual({ revision: 3, conflict: true });
    expect((await one.load(id)).document.meta.title).toBe('from two');
    const versions = await one.versions(id);
    const kept = versions.find(({ reason }) => reason === 'other-tab');
    expect(kept && (await one.readVersion(kept.version)).meta.title).toBe('from one');
  });

  it('keeps versions, and restoring one keeps what it replaces', async () => {
    let time = 0;
    const db = await store({ now: () => time });
    const { id } = await db.create(titled('v0'));
    let revision = 1;
    for (let n = 1; n <= 5; n++) {
      time += 4 * 60_000;
      ({ revision } = await db.save(id, titled(`v${n}`), revision));
    }
    const versions = await db.versions(id);
    const titles = await Promise.all(
      versions.map(async ({ version }) => (await db.readVersion(version)).meta.title),
    );
    expect(titles).toEqual(['v5', 'v4', 'v3', 'v2', 'v1', 'v0']);
    const oldest = versions.at(-1);
    await db.save(id, titled('unsaved minute'), revision);
    const restored = await db.restore(oldest?.version ?? -1);
    expect(restored.document.meta.title).toBe('v0');
    const after = await db.versions(id);
    const reasons = await Promise.all(
      after.map(async ({ version, reason }) => `${reason}: ${(await db.readVersion(version)).meta.title}`),
    );
    expect(reasons).toContain('restored: unsaved minute');
  });

  it('a save that changes nothing makes no revision and no version', async () => {
    const db = await store();
    const { id } = await db.create(titled('a'));
    expect(await db.save(id, titled('a'), 1)).toEqual({ revision: 1, conflict: false });
    expect(await db.versions(id)).toHaveLength(1);
  });

  it('removes a document with its versions, and says what is missing', async () => {
    const db = await store();
    const { id } = await db.create(titled('a'));
    await db.remove(id);
    expect(await db.list()).toEqual([]);
    expect(await db.versions(id)).toEqual([]);
    await expect(db.load(id)).rejects.toThrow(LoomError);
    await expect(db.save(id, titled('b'), 1)).rejects.toThrow(LoomError);
    await expect(db.restore(12_345)).rejects.toThrow(LoomError);
  });
});

describe('versions that are kept', () => {
  const hour = 3_600_000;
  it('all of the last hour, then fewer with age; named ones for ever', () => {
    const now = 1_000 * 24 * hour;
    const versions = Array.from({ length: 3_000 }, (_, i) => ({
      version: i,
      time: now - (3_000 - i) * 30 * 60_000,
      reason: i === 5 ? 'named' : 'autosave',
    }));
    const forgotten = new Set(thin(versions, now));
    const kept = versions.filter(({ version }) => !forgotten.has(version));
    expect(kept.some(({ version }) => version === 5)).toBe(true);
    expect(kept.some(({ version }) => version === 2_999)).toBe(true);
    const within = (from: number, to: number) =>
      kept.filter(({ time }) => now - time >= from && now - time < to);
    expect(within(0, hour)).toHaveLength(1);
    expect(within(hour, 24 * hour).length).toBeGreaterThanOrEqual(22);
    expect(within(hour, 24 * hour).length).toBeLessThanOrEqual(24);
    expect(within(24 * hour, 30 * 24 * hour).length).toBeLessThanOrEqual(30);
    expect(kept.length).toBeLessThan(90);
  });
  it('never more than 200, however fast they come', () => {
    const versions = Array.from({ length: 1_000 }, (_, i) => ({ version: i, time: i, reason: 'autosave' }));
    expect(thin(versions, 1_000)).toHaveLength(800);
  });
});

const started = async () => {
  const db = await store();
  const history = createHistory(titled('start'));
  const { id } = await db.create(history.document);
  const states: string[] = [];
  const save = createAutosave(db, id, 1, {
    document: () => history.document,
    subscribe: (changed) => history.subscribe(changed),
    onState: ({ state }) => states.push(state),
  });
  const rename = (title: string) => history.edit('rename', (draft) => void (draft.meta.title = title));
  return { db, id, history, save, states, rename };
};
const storedTitle = async (db: DocumentStore, id: string) => (await db.load(id)).document.meta.title;

describe('autosave', () => {
  it('stores at most a second after a change, even while changes keep coming', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
    const { db, id, rename, save } = await started();
    for (let step = 0; step <= 9; step++) {
      rename(`step ${step}`);
      vi.advanceTimersByTime(100);
    }
    vi.useRealTimers();
    await vi.waitFor(async () => expect(await storedTitle(db, id)).toMatch(/^step [7-9]$/));
    await save.stop();
    expect(await storedTitle(db, id)).toBe('step 9');
  });

  it('says what it does, and flushes when told', async () => {
    const { db, id, rename, save, states } = await started();
    rename('now');
    await save.flush();
    expect(await storedTitle(db, id)).toBe('now');
    expect(states).toEqual(['unsaved', 'saving', 'saved']);
    expect(save.state.state).toBe('saved');
  });

  it('a change during a save is saved too', async () => {
    const { db, id, rename, save } = await started();
    rename('one');
    const running = save.flush();
    rename('two');
    await running;
    expect(await storedTitle(db, id)).toBe('two');
  });

  it('says when storage fails, keeps the document, and tries again with the next change', async () => {
    const { db, id, history, rename, save } = await started();
    const put = vi.spyOn(db, 'save').mockRejectedValueOnce(new DOMException('full', 'QuotaExceededError'));
    rename('lost?');
    await save.flush();
    expect(save.state).toMatchObject({ state: 'failed', error: { code: 'too-large' } });
    expect(history.document.meta.title).toBe('lost?');
    put.mockRestore();
    rename('kept');
    await save.flush();
    expect(await storedTitle(db, id)).toBe('kept');
  });
});
