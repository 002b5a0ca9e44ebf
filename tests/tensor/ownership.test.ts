import { describe, expect, it } from 'vitest';
import { emptyLedger } from '@/engine/tensor/counted';
import { createCpuScope } from '@/engine/tensor/cpu-backend';
import { Queue } from '@/engine/tensor/queue';

describe('ownership', () => {
  it('frees what a scope made when the scope is released, once', () => {
    const ledger = emptyLedger();
    const scope = createCpuScope(ledger);
    const x = scope.ops.full([2, 3], 1);
    expect(ledger).toMatchObject({ tensors: 1, bytes: 24 });
    scope.release();
    scope.release();
    expect(x.disposed).toBe(true);
    expect(ledger).toMatchObject({ tensors: 0, bytes: 0 });
  });

  it('keeps a retained tensor until its retainer lets go', () => {
    const ledger = emptyLedger();
    const scope = createCpuScope(ledger);
    const x = scope.ops.full([1], 1).retain();
    scope.release();
    expect(x.disposed).toBe(false);
    x.release();
    expect(ledger.tensors).toBe(0);
  });

  it('lets a loop release early; the scope then has nothing to do for it', () => {
    const ledger = emptyLedger();
    const scope = createCpuScope(ledger);
    const x = scope.ops.full([1], 1);
    x.release();
    expect(ledger.tensors).toBe(0);
    expect(() => x.release()).toThrow(expect.objectContaining({ code: 'tensor-disposed' }));
    expect(() => x.retain()).toThrow(expect.objectContaining({ code: 'tensor-disposed' }));
    scope.release();
    expect(ledger).toMatchObject({ tensors: 0, bytes: 0 });
  });

  it('releases child scopes with their parent, and hands kept tensors up', () => {
    const ledger = emptyLedger();
    const scope = createCpuScope(ledger);
    const child = scope.ops.scope();
    const kept = child.keep(child.ops.full([1], 1));
    const lost = child.ops.full([1], 2);
    child.release();
    expect([kept.disposed, lost.disposed]).toEqual([false, true]);
    scope.ops.scope().ops.full([5], 0);
    scope.release();
    expect(ledger.tensors).toBe(0);
  });

  it('rejects reading and using what was released', async () => {
    const scope = createCpuScope();
    const x = scope.ops.full([1], 1);
    scope.release();
    await expect(x.read()).rejects.toMatchObject({ code: 'tensor-disposed' });
    expect(() => scope.ops.linear([[1, x]])).toThrow(expect.objectContaining({ code: 'tensor-disposed' }));
  });

  it('gives copies: writing to what was read or given changes nothing', async () => {
    const scope = createCpuScope();
    const source = Float32Array.of(1, 2);
    const x = scope.ops.from(source, [2]);
    source[0] = 9;
    (await x.read())[1] = 9;
    expect(await x.read()).toEqual(Float32Array.of(1, 2));
  });
});

describe('the queue', () => {
  it('runs in order and survives a failure', async () => {
    const queue = new Queue();
    const seen: number[] = [];
    const task = (n: number, fail = false) =>
      queue.add(async () => {
        await Promise.resolve();
        seen.push(n);
        if (fail) throw new Error(`${n}`);
        return n;
      });
    const results = await Promise.allSettled([task(1), task(2, true), task(3)]);
    expect(seen).toEqual([1, 2, 3]);
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  });
});
