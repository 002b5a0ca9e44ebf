import { cpSync, mkdtempSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { FileCache } from '@/models/cache';
import { createFetchFiles, type FileSource } from '@/models/files';
import { createNodeFiles } from '@/models/files-node';
import { loadFile } from '@/models/load';
import { sha256Hex } from '@/models/sha256';
import { readPackage } from '@/models/packages';

const FIXTURES = new URL('../fixtures/', import.meta.url).pathname;
const FILE = 'unet.safetensors';
const idle = new AbortController().signal;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'loom-models-'));
  cpSync(join(FIXTURES, 'tiny'), join(folder, 'tiny'), { recursive: true });
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

async function expected(file = FILE) {
  const { manifest } = await readPackage(createNodeFiles(FIXTURES), 'tiny');
  const entry = manifest.files[file];
  if (entry === undefined) throw new Error(`no ${file}`);
  return { package: 'tiny', file, ...entry };
}

/** A cache in memory that counts what is put into it. */
function memoryCache(): FileCache & { readonly held: Map<string, Uint8Array> } {
  const held = new Map<string, Uint8Array>();
  return {
    held,
    get: async (key) => held.get(key),
    put: async (key, bytes) => void held.set(key, bytes),
    delete: async (key) => void held.delete(key),
  };
}

const path = () => join(folder, 'tiny', FILE);
const faults: readonly (readonly [string, string, () => void])[] = [
  ['missing', 'file-missing', () => rmSync(path())],
  ['truncated', 'file-truncated', () => truncateSync(path(), statSync(path()).size - 100)],
  [
    'flipped by a bit',
    'file-damaged',
    () => {
      const bytes = readFileSync(path());
      bytes[bytes.length - 7] = (bytes[bytes.length - 7] ?? 0) ^ 1;
      writeFileSync(path(), bytes);
    },
  ],
  [
    'too long',
    'file-damaged',
    () => writeFileSync(path(), Buffer.concat([readFileSync(path()), Buffer.from('x')])),
  ],
];

/** The folder over HTTP; `cut` ends each body half-way. */
async function served(run: (files: FileSource, hits: string[]) => Promise<void>, cut = false): Promise<void> {
  const hits: string[] = [];
  const server: Server = createServer((request, response) => {
    hits.push(request.url ?? '');
    const file = join(folder, (request.url ?? '').replace('/models/', ''));
    if (statSync(file, { throwIfNoEntry: false }) === undefined) {
      response.writeHead(404).end();
      return;
    }
    const bytes = readFileSync(file);
    response.writeHead(200, { 'content-length': bytes.length });
    if (!cut) response.end(bytes);
    else response.write(bytes.subarray(0, bytes.length / 2), () => response.destroy());
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  try {
    await run(createFetchFiles({ base: `http://127.0.0.1:${address.port}/models/` }), hits);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

describe('a file of a package', () => {
  it('is loaded with progress, verified and cached; a second time nothing is fetched', async () => {
    await served(async (files, hits) => {
      const cache = memoryCache();
      const file = await expected();
      const seen: number[] = [];
      const bytes = await loadFile(files, cache, file, { signal: idle, progress: (done) => seen.push(done) });
      expect(await sha256Hex(bytes)).toBe(file.sha256);
      expect(seen.at(-1)).toBe(file.size);
      expect(seen).toEqual(seen.toSorted((a, b) => a - b));
      expect([...cache.held.keys()]).toEqual([file.sha256]);
      expect(await loadFile(files, cache, file, { signal: idle })).toEqual(bytes);
      expect(hits).toHaveLength(1);
    });
  });

  it.each(faults)(
    'that is %s is refused as %s, by name, with a fix, and never cached',
    async (_, code, spoil) => {
      spoil();
      const cache = memoryCache();
      const file = await expected();
      const refusal = {
        code,
        place: { file: `tiny/${FILE}`, package: 'tiny' },
        extra: { fix: expect.any(String) },
      };
      await expect(loadFile(createNodeFiles(folder), cache, file, { signal: idle })).rejects.toMatchObject(
        refusal,
      );
      await served(async (files) => {
        await expect(loadFile(files, cache, file, { signal: idle })).rejects.toMatchObject(refusal);
      });
      expect(cache.held.size).toBe(0);
    },
  );

  it('whose connection breaks is truncated, not damaged', async () => {
    const cache = memoryCache();
    const file = await expected();
    await served(async (files) => {
      await expect(loadFile(files, cache, file, { signal: idle })).rejects.toMatchObject({
        code: 'file-truncated',
      });
    }, true);
    expect(cache.held.size).toBe(0);
  });

  it('that cannot be reached is a network error', async () => {
    const files = createFetchFiles({ base: 'http://127.0.0.1:9/models' });
    await expect(loadFile(files, undefined, await expected(), { signal: idle })).rejects.toMatchObject({
      code: 'network',
      place: { file: `tiny/${FILE}` },
    });
  });

  it('that went bad in the cache is thrown out and fetched again', async () => {
    const cache = memoryCache();
    const file = await expected();
    cache.held.set(file.sha256, new Uint8Array(file.size));
    const bytes = await loadFile(createNodeFiles(folder), cache, file, { signal: idle });
    expect(await sha256Hex(cache.held.get(file.sha256) ?? new Uint8Array())).toBe(file.sha256);
    expect(bytes.byteLength).toBe(file.size);
  });

  it('is still handed on when the cache is full', async () => {
    const full: FileCache = { ...memoryCache(), put: () => Promise.reject(new Error('QuotaExceededError')) };
    const file = await expected();
    expect((await loadFile(createNodeFiles(folder), full, file, { signal: idle })).byteLength).toBe(
      file.size,
    );
  });

  it('stops when aborted', async () => {
    const stop = new AbortController();
    const loading = loadFile(createNodeFiles(folder), undefined, await expected(), {
      signal: stop.signal,
      progress: () => stop.abort(),
    });
    await expect(loading).rejects.toMatchObject({ name: 'AbortError' });
  });
});

const edit = (change: (manifest: Record<string, unknown>) => void) => {
  const file = join(folder, 'tiny', 'manifest.json');
  const manifest: Record<string, unknown> = JSON.parse(readFileSync(file, 'utf8'));
  change(manifest);
  writeFileSync(file, JSON.stringify(manifest));
  return readPackage(createNodeFiles(folder), 'tiny');
};

describe('a manifest', () => {
  it('is read with the hash of its bytes, which changes with them', async () => {
    const before = await readPackage(createNodeFiles(folder), 'tiny');
    expect(before.manifest.id).toBe('tiny');
    const after = await edit((manifest) => void (manifest['title'] = 'Other'));
    expect(after.hash).not.toBe(before.hash);
  });

  it('that is not there is a missing package', async () => {
    await expect(readPackage(createNodeFiles(folder), 'nobody')).rejects.toMatchObject({
      code: 'package-missing',
      place: { package: 'nobody' },
    });
  });

  it.each<readonly [string, (manifest: Record<string, unknown>) => void, RegExp]>([
    ['of another package', (m) => void (m['id'] = 'other'), /manifest of "other"/u],
    ['that names a file it does not list', (m) => void (m['files'] = {}), /not among the files/u],
    [
      'with a path out of the folder',
      (m) => void (m['conditioner'] = { id: 'x', classes: { embedding: '../x', names: ['a'], width: 64 } }),
      /plain file name/u,
    ],
    ['of a later format', (m) => void (m['version'] = 2), /version/u],
    ['without a decoder', (m) => void (m['firstStage'] = { type: 'kl' }), /firstStage/u],
  ])('%s is refused', async (_, change, message) => {
    await expect(edit(change)).rejects.toMatchObject({
      code: 'package-invalid',
      message: expect.stringMatching(message),
    });
  });

  it('that is no JSON is refused', async () => {
    writeFileSync(join(folder, 'tiny', 'manifest.json'), '{');
    await expect(readPackage(createNodeFiles(folder), 'tiny')).rejects.toMatchObject({
      code: 'package-invalid',
    });
  });
});
