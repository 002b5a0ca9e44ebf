/** What the service worker keeps of the large files: only what the build put there. */
import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { verified } from '@/app/_offline/verified';

const good = 'the whole file';
const hashes = { '/ort/a.wasm': createHash('sha256').update(good).digest('hex') };

function setUp(answers: readonly Response[]) {
  const kept = new Map<string, Response>();
  const asked: string[] = [];
  const left = [...answers];
  const store = {
    match: async (path: string) => kept.get(path)?.clone(),
    put: async (path: string, response: Response) => void kept.set(path, response),
  };
  const ask = async (path: string): Promise<Response> => {
    asked.push(path);
    return left.shift() ?? new Response('gone', { status: 404 });
  };
  return { asked, kept, get: (path = '/ort/a.wasm') => verified(path, hashes, store, ask) };
}

describe('a large file of the build', () => {
  it.each([
    ['a page of a proxy', new Response('<!doctype html><title>Sign in</title>')],
    ['half of it', new Response(good.slice(0, 5))],
    ['one of another build', new Response('another file')],
  ])('%s is handed on as an error, never kept, and asked for again', async (_what, wrong) => {
    const { asked, kept, get } = setUp([wrong, new Response(good)]);
    const first = await get();
    expect(first.status).toBe(502);
    expect(kept.size).toBe(0);
    expect(await (await get()).text()).toBe(good);
    expect(await (await get()).text()).toBe(good);
    expect(asked).toHaveLength(2);
  });

  it('an error of the server stays one and is not kept', async () => {
    const { kept, get } = setUp([new Response('down', { status: 503 })]);
    expect((await get()).status).toBe(503);
    expect(kept.size).toBe(0);
  });

  it('comes though the disk is full', async () => {
    const full = { match: async () => undefined, put: () => Promise.reject(new Error('quota')) };
    const response = await verified('/ort/a.wasm', hashes, full, async () => new Response(good));
    expect(await response.text()).toBe(good);
  });

  it('is not asked for by names that every object has', async () => {
    const { kept, get } = setUp([new Response('x')]);
    expect(await (await get('toString')).text()).toBe('x');
    expect(kept.size).toBe(0);
  });
});
