/** Documents in IndexedDB: the present text of each, and earlier versions. Everything is text, parsed on the way out. */
import { openDB, type DBSchema, type IDBPDatabase } from 'idb';
import { LoomError, parseDocument, serialise, type DocumentNotice, type LoomDocument } from '@/engine';
import { thin } from './versions';

export interface DocumentEntry {
  readonly id: string;
  readonly title: string;
  readonly created: number;
  readonly modified: number;
  /** Its tab is open. */
  readonly open: boolean;
  /** Place among the tabs. */
  readonly order: number;
  /** Rises with each save; tells another tab's save apart from one's own. */
  readonly revision: number;
}
interface StoredDocument extends DocumentEntry {
  readonly text: string;
}

export type VersionReason = 'autosave' | 'opened' | 'restored' | 'other-tab' | 'named';
export interface VersionEntry {
  readonly version: number;
  readonly document: string;
  readonly time: number;
  readonly reason: VersionReason;
  readonly label?: string;
  readonly bytes: number;
}
interface StoredVersion extends Omit<VersionEntry, 'version'> {
  version?: number;
  readonly text: string;
}

interface Schema extends DBSchema {
  documents: { key: string; value: StoredDocument };
  versions: { key: number; value: StoredVersion; indexes: { document: string } };
}

export interface LoadedDocument {
  readonly entry: DocumentEntry;
  readonly document: LoomDocument;
  readonly notices: readonly DocumentNotice[];
}

export interface SaveResult {
  readonly revision: number;
  /** Another tab had saved since `base`; what it saved is kept as a version. */
  readonly conflict: boolean;
}

export interface DocumentStore {
  /** All documents, tabs first in their order, then by last change. */
  list(): Promise<readonly DocumentEntry[]>;
  create(
    document: LoomDocument,
    at?: { readonly id?: string; readonly title?: string },
  ): Promise<DocumentEntry>;
  /** @throws LoomError `file-missing`, or as parseDocument when the stored text is damaged (it stays stored: {@link DocumentStore.text}) */
  load(id: string): Promise<LoadedDocument>;
  /** The text as stored, whatever it holds: the way out when it cannot be parsed. */
  text(id: string): Promise<string | undefined>;
  /** @param base the revision the document was loaded or last saved at */
  save(id: string, document: LoomDocument, base: number): Promise<SaveResult>;
  /** Newest first. */
  versions(id: string): Promise<readonly VersionEntry[]>;
  /** Keeps the present text as a version of its own. */
  saveVersion(id: string, reason: VersionReason, label?: string): Promise<void>;
  readVersion(version: number): Promise<LoomDocument>;
  /** Makes an earlier version the present one; the present one becomes a version first. */
  restore(version: number): Promise<LoadedDocument>;
  setTabs(open: readonly string[]): Promise<void>;
  remove(id: string): Promise<void>;
  /** Called when another tab of the browser changed a document. */
  onChanged(listener: (id: string) => void): () => void;
  close(): void;
}

/** A version is kept when the last one is this old, so that an hour of work has twenty. */
const versionEvery = 3 * 60_000;
const titleOf = (document: LoomDocument): string => document.meta.title?.trim() ?? '';

const missing = (id: string): LoomError =>
  new LoomError('file-missing', 'This document is no longer stored here.', { file: id });
function entryOf({ id, title, created, modified, open, order, revision }: StoredDocument): DocumentEntry {
  return { id, title, created, modified, open, order, revision };
}

/**
 * Opens the store.
 * @param now the clock, for tests
 * @throws LoomError `unsupported` when the browser forbids storage (private mode of some)
 */
export async function openStore({
  name = 'latent-loom',
  now = Date.now,
}: { readonly name?: string; readonly now?: () => number } = {}): Promise<DocumentStore> {
  let db: IDBPDatabase<Schema>;
  try {
    db = await openDB<Schema>(name, 1, {
      upgrade(database) {
        database.createObjectStore('documents', { keyPath: 'id' });
        database
          .createObjectStore('versions', { keyPath: 'version', autoIncrement: true })
          .createIndex('document', 'document');
      },
      // A newer version of the editor in another tab waits for this.
      blocking: () => db.close(),
    });
  } catch (cause) {
    throw new LoomError(
      'unsupported',
      'This browser does not let the page keep documents.',
      {},
      {
        fix: 'Save the graph as a file before you close the page.',
        cause,
      },
    );
  }
  const channel =
    typeof BroadcastChannel === 'undefined' ? undefined : new BroadcastChannel(`${name}:documents`);
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a BroadcastChannel has no target
  const announce = (id: string): void => channel?.postMessage(id);

  /** Adds a version unless it equals the newest one, and forgets those that the policy no longer keeps. */
  async function addVersion(
    document: string,
    text: string,
    reason: VersionReason,
    label?: string,
  ): Promise<void> {
    const tx = db.transaction('versions', 'readwrite');
    const kept = await tx.store.index('document').getAll(document);
    const newest = kept.at(-1);
    if (newest?.text !== text || (label !== undefined && newest.label !== label))
      await tx.store.add({
        document,
        text,
        reason,
        time: now(),
        bytes: text.length,
        ...(label ? { label } : {}),
      });
    for (const version of thin(kept, now())) if (version !== undefined) await tx.store.delete(version);
    await tx.done;
  }

  const store: DocumentStore = {
    async list() {
      const all = await db.getAll('documents');
      return all
        .map(entryOf)
        .sort(
          (a, b) => Number(b.open) - Number(a.open) || (a.open ? a.order - b.order : b.modified - a.modified),
        );
    },
    async create(document, { id = crypto.randomUUID(), title = titleOf(document) } = {}) {
      const time = now();
      const tx = db.transaction('documents', 'readwrite');
      const orders = (await tx.store.getAll()).map((each) => each.order);
      const stored: StoredDocument = {
        id,
        title,
        created: time,
        modified: time,
        open: true,
        order: Math.max(-1, ...orders) + 1,
        revision: 1,
        text: serialise(document),
      };
      await tx.store.put(stored);
      await tx.done;
      await addVersion(id, stored.text, 'opened');
      announce(id);
      return entryOf(stored);
    },
    async load(id) {
      const stored = await db.get('documents', id);
      if (stored === undefined) throw missing(id);
      return { entry: entryOf(stored), ...parseDocument(stored.text) };
    },
    async text(id) {
      return (await db.get('documents', id))?.text;
    },
    async save(id, document, base) {
      const text = serialise(document);
      const tx = db.transaction('documents', 'readwrite');
      const before = await tx.store.get(id);
      if (before === undefined) {
        await tx.done;
        throw missing(id);
      }
      const conflict = before.revision !== base && before.text !== text;
      const revision = before.text === text ? before.revision : before.revision + 1;
      if (before.text !== text)
        await tx.store.put({ ...before, text, title: titleOf(document), modified: now(), revision });
      await tx.done;
      if (conflict) await addVersion(id, before.text, 'other-tab');
      if (before.text !== text) {
        const newest = (await store.versions(id))[0];
        if (newest === undefined || now() - newest.time >= versionEvery)
          await addVersion(id, text, 'autosave');
        announce(id);
      }
      return { revision, conflict };
    },
    async versions(id) {
      const all = await db.getAllFromIndex('versions', 'document', id);
      return all
        .flatMap(({ version, document, time, reason, label, bytes }) =>
          version === undefined
            ? []
            : [{ version, document, time, reason, bytes, ...(label === undefined ? {} : { label }) }],
        )
        .toReversed();
    },
    async saveVersion(id, reason, label) {
      const stored = await db.get('documents', id);
      if (stored === undefined) throw missing(id);
      await addVersion(id, stored.text, reason, label);
    },
    async readVersion(version) {
      const stored = await db.get('versions', version);
      if (stored === undefined) throw missing(String(version));
      return parseDocument(stored.text).document;
    },
    async restore(version) {
      const stored = await db.get('versions', version);
      if (stored === undefined) throw missing(String(version));
      const { document } = parseDocument(stored.text);
      await store.saveVersion(stored.document, 'restored');
      const { revision } = (await store.load(stored.document)).entry;
      await store.save(stored.document, document, revision);
      return store.load(stored.document);
    },
    async setTabs(open) {
      const tx = db.transaction('documents', 'readwrite');
      for (const stored of await tx.store.getAll()) {
        const order = open.indexOf(stored.id);
        if (stored.open !== order >= 0 || (order >= 0 && stored.order !== order))
          await tx.store.put({ ...stored, open: order >= 0, order: order >= 0 ? order : stored.order });
      }
      await tx.done;
    },
    async remove(id) {
      const tx = db.transaction(['documents', 'versions'], 'readwrite');
      await tx.objectStore('documents').delete(id);
      for (const key of await tx.objectStore('versions').index('document').getAllKeys(id))
        await tx.objectStore('versions').delete(key);
      await tx.done;
      announce(id);
    },
    onChanged(listener) {
      const hear = (event: MessageEvent<unknown>): void => {
        if (typeof event.data === 'string') listener(event.data);
      };
      channel?.addEventListener('message', hear);
      return () => channel?.removeEventListener('message', hear);
    },
    close() {
      channel?.close();
      db.close();
    },
  };
  return store;
}
