import { expect, it } from 'vitest';
import { FallbackSession } from '@/engine/tensor/fallback-session';
import { createCpuBackend } from '@/engine/tensor/cpu-backend';
import { LoomError, type ErrorCode, type Session } from '@/engine/types';

/** A session that fails with `code`, or gives nothing; it counts what happens to it. */
function fake(name: string, code?: ErrorCode) {
  const seen = { runs: 0, disposals: 0 };
  const session: Session = {
    name,
    inputs: [],
    outputs: [],
    run: () => {
      seen.runs += 1;
      return code === undefined ? Promise.resolve({}) : Promise.reject(new LoomError(code, 'refused'));
    },
    dispose: () => {
      seen.disposals += 1;
      return Promise.resolve();
    },
  };
  return { session, seen };
}
const { ops } = createCpuBackend().scope();

it('goes over for good when the first way is not supported, and lets go of it', async () => {
  const [first, second] = [fake('own', 'unsupported'), fake('graph')];
  const session = new FallbackSession(
    first.session,
    () => Promise.resolve(second.session),
    () => {},
  );
  await session.run({}, ops);
  await session.run({}, ops);
  expect(session.fellBack).toBe(true);
  expect(first.seen).toEqual({ runs: 1, disposals: 1 });
  expect(second.seen).toEqual({ runs: 2, disposals: 0 });
  await session.dispose();
  expect(second.seen.disposals).toBe(1);
});

it.each(['out-of-memory', 'device-lost', 'bad-input'] as const)('passes on %s', async (code) => {
  const [first, second] = [fake('own', code), fake('graph')];
  const session = new FallbackSession(
    first.session,
    () => Promise.resolve(second.session),
    () => {},
  );
  await expect(session.run({}, ops)).rejects.toMatchObject({ code });
  expect(second.seen.runs).toBe(0);
});

it('says once that it is gone', async () => {
  let gone = 0;
  const { session: first, seen } = fake('own');
  const session = new FallbackSession(
    first,
    () => Promise.resolve(first),
    () => (gone += 1),
  );
  await session.dispose();
  await session.dispose();
  expect(gone).toBe(1);
  expect(seen.disposals).toBe(1);
});
