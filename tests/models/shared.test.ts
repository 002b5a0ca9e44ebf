import { describe, expect, it } from 'vitest';
import type { LoadOptions } from '@/engine/types';
import { Shared } from '@/models/shared';

const idle = (): LoadOptions => ({ signal: new AbortController().signal });

const tick = () => new Promise((resolve) => setTimeout(resolve, 0));

/** Work that the test settles by hand. */
function byHand() {
  const starts: { options: LoadOptions; resolve: (value: string) => void; reject: (why: Error) => void }[] =
    [];
  const shared = new Shared(
    (options) => new Promise<string>((resolve, reject) => void starts.push({ options, resolve, reject })),
  );
  return { shared, starts };
}

describe('shared work', () => {
  it('starts once for many, tells all of them how far it is, and is kept', async () => {
    const { shared, starts } = byHand();
    const seen: number[][] = [[], []];
    const first = shared.get({ ...idle(), progress: (done) => seen[0]?.push(done) });
    await tick();
    starts[0]?.options.progress?.(1, 2);
    const second = shared.get({ ...idle(), progress: (done) => seen[1]?.push(done) });
    starts[0]?.options.progress?.(2, 2);
    starts[0]?.resolve('done');
    expect(await Promise.all([first, second])).toEqual(['done', 'done']);
    expect(await shared.get(idle())).toBe('done');
    expect(starts).toHaveLength(1);
    expect(seen).toEqual([
      [1, 2],
      [1, 2],
    ]);
  });

  it('is forgotten when it fails', async () => {
    const { shared, starts } = byHand();
    const first = shared.get(idle());
    await tick();
    starts[0]?.reject(new Error('no'));
    await expect(first).rejects.toThrow('no');
    const second = shared.get(idle());
    await tick();
    starts[1]?.resolve('yes');
    expect(await second).toBe('yes');
  });

  it('goes on when one of two callers leaves, and stops when the last one does', async () => {
    const { shared, starts } = byHand();
    const [a, b] = [new AbortController(), new AbortController()];
    const waiting = [shared.get({ signal: a.signal }), shared.get({ signal: b.signal })];
    const settled = Promise.allSettled(waiting);
    await tick();
    a.abort();
    await tick();
    expect(starts[0]?.options.signal.aborted).toBe(false);
    b.abort();
    expect(starts[0]?.options.signal.aborted).toBe(true);
    expect((await settled).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    const again = shared.get(idle());
    await tick();
    expect(starts).toHaveLength(2);
    starts[1]?.resolve('later');
    expect(await again).toBe('later');
  });

  it('does not begin for a caller who has left already', async () => {
    const { shared, starts } = byHand();
    await expect(shared.get({ signal: AbortSignal.abort() })).rejects.toMatchObject({ name: 'AbortError' });
    expect(starts).toHaveLength(0);
  });
});
