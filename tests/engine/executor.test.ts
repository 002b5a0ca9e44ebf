/** Exactly the needed nodes run, once, in a valid order; nothing is left after any end. */
import { describe, expect, it } from 'vitest';
import {
  infer,
  plan,
  type Executor,
  type LoomDocument,
  type ModelSource,
  type NodeRef,
  type PlanOptions,
  type RunEvent,
  type RunResult,
} from '@/engine';
import { createCpuBackend } from '@/engine/tensor';
import { catalog, Counter, deferred, executorOn, graph, losableBackend, models, registryOf } from './kit';
import { kitNodes, type During } from './kit-nodes';
import { textToImage } from './graphs';
import { definitionSchema } from '@/engine/document/schema';

function bench(during: During = () => undefined, options: Parameters<typeof executorOn>[1] = {}) {
  const counter = new Counter();
  const registry = registryOf(
    kitNodes((name, signal) => {
      counter.add(name);
      return during(name, signal);
    }),
  );
  const backend = createCpuBackend();
  const executor = executorOn(backend, options);
  const planned = (document: LoomDocument, wanted?: PlanOptions) =>
    plan(infer({ document, registry, catalog }), wanted);
  const events: RunEvent[] = [];
  const run = (document: LoomDocument, wanted?: PlanOptions & { signal?: AbortSignal }) =>
    executor.run(planned(document, wanted), {
      signal: wanted?.signal,
      onEvent: (event) => events.push(event),
    });
  return { counter, backend, executor, planned, run, events, registry };
}

/** Every tensor alive is one that the cache accounts for; none is once it is cleared. */
function expectNoLeak({
  backend,
  executor,
}: {
  backend: { live(): { tensors: number; bytes: number } };
  executor: Executor;
}): void {
  executor.clear();
  expect(executor.usage()).toMatchObject({ bytes: 0 });
  expect(backend.live()).toMatchObject({ tensors: 0, bytes: 0 });
}

const edit = (
  document: LoomDocument,
  node: string,
  change: Readonly<Record<string, unknown>>,
): LoomDocument => {
  const before = document.nodes[node];
  if (!before) throw new Error(`no ${node}`);
  return { ...document, nodes: { ...document.nodes, [node]: { ...before, ...change } } };
};

/** Two diamonds: n → (a, b) → sum → paint → switch → output. */
const diamond = (on = false): LoomDocument =>
  graph(
    {
      n: ['kit/number', { value: 3, tag: 'n' }],
      a: ['kit/sum', { plus: 1, tag: 'a' }],
      b: ['kit/sum', { plus: 2, tag: 'b' }],
      sum: ['kit/sum', { tag: 'sum' }],
      paint: ['kit/paint', { tag: 'paint' }],
      other: ['kit/paint', { tag: 'other' }],
      m: ['kit/number', { value: 9, tag: 'm' }],
      choose: ['kit/switch', { on, tag: 'choose' }],
      out: ['kit/output', { tag: 'out' }],
    },
    [
      'n.number > a.a',
      'n.number > b.a',
      'a.number > sum.a',
      'b.number > sum.b',
      'sum.number > paint.number',
      'm.number > other.number',
      'paint.image > choose.off',
      'other.image > choose.on',
      'choose.image > out.image',
    ],
  );

describe('what runs', () => {
  it('each needed node once, after what feeds it, and a switch only its branch', async () => {
    const at = bench();
    const result = await at.run(diamond());
    expect(result.status).toBe('finished');
    expect(at.counter.take()).toEqual({ a: 1, b: 1, choose: 1, n: 1, out: 1, paint: 1, sum: 1 });
    const order = at.events.flatMap((event) => (event.type === 'node-finished' ? [event.node] : []));
    for (const [first, then] of [
      ['n', 'a'],
      ['n', 'b'],
      ['a', 'sum'],
      ['b', 'sum'],
      ['sum', 'paint'],
      ['paint', 'choose'],
      ['choose', 'out'],
    ])
      expect(order.indexOf(first ?? '')).toBeLessThan(order.indexOf(then ?? ''));
    await at.run(diamond(true));
    expect(at.counter.take()).toEqual({ choose: 1, m: 1, other: 1, out: 1 });
    await at.run(edit(diamond(), 'choose', { params: { both: true, tag: 'both' } }));
    expect(at.counter.take()).toEqual({ both: 1, out: 1 });
    expectNoLeak(at);
  });

  it.each<[string, (document: LoomDocument) => LoomDocument, Record<string, number>]>([
    ['a position', (d) => edit(d, 'a', { position: { x: 99, y: 0 } }), {}],
    ['a title', (d) => edit(d, 'a', { title: 'other' }), {}],
    ['a parameter given its default', (d) => edit(d, 'sum', { params: { plus: 0, tag: 'sum' } }), {}],
    [
      'a parameter',
      (d) => edit(d, 'a', { params: { plus: 5, tag: 'a' } }),
      { a: 1, choose: 1, out: 1, paint: 1, sum: 1 },
    ],
    [
      'a parameter at the root',
      (d) => edit(d, 'n', { params: { value: 4, tag: 'n' } }),
      { a: 1, b: 1, choose: 1, n: 1, out: 1, paint: 1, sum: 1 },
    ],
    ['the branch not chosen', (d) => edit(d, 'm', { params: { value: 1, tag: 'm' } }), { choose: 1, out: 1 }],
    ['bypass', (d) => edit(d, 'a', { mode: 'bypass' }), { choose: 1, out: 1, paint: 1, sum: 1 }],
    [
      'mute of an optional input',
      (d) => edit(d, 'b', { mode: 'mute' }),
      { choose: 1, out: 1, paint: 1, sum: 1 },
    ],
    ['mute of what all need', (d) => edit(d, 'n', { mode: 'mute' }), {}],
  ])('after an edit of %s, only what it changes', async (_name, change, ran) => {
    const at = bench();
    await at.run(diamond());
    at.counter.take();
    await at.run(change(diamond()));
    expect(at.counter.take()).toEqual(ran);
    expectNoLeak(at);
  });

  it('renaming every node reruns nothing, and duplicated branches share one computation', async () => {
    const at = bench();
    await at.run(diamond());
    at.counter.take();
    const text = JSON.stringify(diamond())
      .replaceAll('"paint"', '"painted"')
      .replaceAll('"tag":"painted"', '"tag":"paint"');
    await at.run(JSON.parse(text));
    expect(at.counter.take()).toEqual({});
    const twice = graph(
      {
        n: ['kit/number', { value: 1 }],
        a: ['kit/paint'],
        b: ['kit/paint'],
        x: ['kit/output'],
        y: ['kit/output'],
      },
      ['n.number > a.number', 'n.number > b.number', 'a.image > x.image', 'b.image > y.image'],
    );
    const result = await at.run(twice);
    expect(at.counter.take()).toEqual({ number: 1, output: 1, paint: 1 });
    expect(result.targets.map(({ node }) => node)).toEqual(['x', 'y']);
    expect(
      at.events.flatMap((event) => (event.type === 'node-finished' ? [event.node] : [])).slice(-4),
    ).toEqual(expect.arrayContaining(['a', 'b', 'x', 'y']));
    expectNoLeak(at);
  });

  it('run to here: only what a named node needs', async () => {
    const at = bench();
    const result = await at.run(diamond(), { targets: ['sum'] });
    expect(at.counter.take()).toEqual({ a: 1, b: 1, n: 1, sum: 1 });
    const borrowed = at.executor.borrow({ node: 'sum', port: 'number' });
    expect(borrowed?.value).toEqual({ kind: 'number', value: 9 });
    borrowed?.release();
    expect(result.targets).toEqual([{ node: 'sum', iteration: 0 }]);
    expectNoLeak(at);
  });

  it('a node that is never cached runs each time, and what follows it', async () => {
    const at = bench();
    const document = graph({ clock: ['kit/clock'], s: ['kit/sum'], n: ['kit/number'], show: ['kit/show'] }, [
      'clock.number > s.a',
      'n.number > s.b',
      's.number > show.number',
    ]);
    await at.run(document);
    at.counter.take();
    await at.run(document);
    expect(at.counter.take()).toEqual({ clock: 1, show: 1, sum: 1 });
    expectNoLeak(at);
  });

  it('a sweep repeats only what its values reach', async () => {
    const at = bench();
    const document = {
      ...diamond(),
      sweeps: {
        seeds: { enabled: true, params: [{ node: 'a', param: 'plus', values: [1, 2, 3] }] },
        rest: { enabled: true, params: [{ node: 'b', param: 'plus', values: [2, 2] }] },
      },
    };
    const result = await at.run(document);
    expect(result.targets).toHaveLength(6);
    expect(at.counter.take()).toEqual({ a: 3, b: 1, choose: 3, n: 1, out: 3, paint: 3, sum: 3 });
    for (const [iteration, value] of [9, 9, 10, 10, 11, 11].entries()) {
      const shown = at.executor.borrow({ node: 'out', side: 'in', port: 'image', iteration });
      expect(shown?.value.kind === 'image' ? (await shown.value.pixels.read())[0] : undefined).toBe(value);
      shown?.release();
    }
    expectNoLeak(at);
  });

  it('loads beside other work, and keeps the device to one node at a time', async () => {
    let onDevice = 0;
    let most = 0;
    let loading = false;
    let overlapped = false;
    const loaded = deferred<undefined>();
    const at = bench(async (name) => {
      if (name === 'package') {
        loading = true;
        await loaded.promise;
        loading = false;
        return;
      }
      onDevice++;
      most = Math.max(most, onDevice);
      await Promise.resolve();
      overlapped ||= loading;
      onDevice--;
      if (name === 'image') loaded.resolve(undefined);
    });
    const document = graph(
      {
        p: ['kit/package'],
        i: ['kit/image'],
        n: ['kit/number'],
        e: ['kit/encode'],
        d: ['kit/decode'],
        s: ['kit/show'],
        o: ['kit/output'],
      },
      [
        'p.firstStage > e.firstStage',
        'i.image > e.image',
        'p.firstStage > d.firstStage',
        'e.latent > d.latent',
        'd.image > o.image',
        'n.number > s.number',
      ],
    );
    expect((await at.run(document)).status).toBe('finished');
    expect({ most, overlapped }).toEqual({ most: 1, overlapped: true });
    expectNoLeak(at);
  });
});

/** How many points there are: calls of `during` and progress events. */
async function points(document: LoomDocument): Promise<number> {
  let count = 0;
  const at = bench(() => void count++);
  await at.executor.run(at.planned(document), {
    onEvent: (event) => void (event.type === 'progress' && count++),
  });
  return count;
}

/** Two instances of one definition, one setting its parameter, in a row. */
const instances = (): LoomDocument => ({
  ...graph(
    {
      n: ['kit/number', { value: 3, tag: 'n' }],
      one: ['graph/d'],
      two: ['graph/d', { plus: 5 }],
      paint: ['kit/paint', { tag: 'paint' }],
      out: ['kit/output', { tag: 'out' }],
    },
    ['n.number > one.x', 'one.x > two.x', 'two.x > paint.number', 'paint.image > out.image'],
  ),
  definitions: {
    d: definitionSchema.parse({
      nodes: {
        first: { type: 'kit/sum', params: { plus: 1, tag: 'first' } },
        last: { type: 'kit/sum', params: { tag: 'last' } },
      },
      edges: { e: { from: { node: 'first', port: 'number' }, to: { node: 'last', port: 'a' } } },
      inputs: { x: { to: [{ node: 'first', port: 'a' }] } },
      outputs: { x: { from: { node: 'last', port: 'number' } } },
      params: { plus: { node: 'first', param: 'plus' } },
    }),
  },
});

describe('every end', () => {
  const documents: readonly (readonly [string, () => LoomDocument])[] = [
    ['text to image', textToImage],
    ['a diamond with a switch', diamond],
    [
      'a switch that asks for both',
      () => edit(diamond(), 'choose', { params: { both: true, tag: 'choose' } }),
    ],
    ['instances of a sub-graph', instances],
    [
      'a sweep',
      () => ({
        ...diamond(),
        sweeps: { s: { enabled: true, params: [{ node: 'a', param: 'plus', values: [1, 2, 3] }] } },
      }),
    ],
  ];

  it.each(documents)('cancelled at every point: %s', async (_name, make) => {
    const total = await points(make());
    expect(total).toBeGreaterThan(5);
    const placed = ({ node, iteration }: NodeRef): string => `${node}@${iteration}`;
    const whole = (await bench().run(make())).ran.map(placed).toSorted();
    let resumed = 0;
    for (let point = 0; point < total; point++) {
      let count = 0;
      const stop = new AbortController();
      const reach = () => {
        if (count++ === point) stop.abort();
      };
      const at = bench(async () => {
        reach();
        await Promise.resolve();
      });
      const result = await at.executor.run(at.planned(make()), {
        signal: stop.signal,
        onEvent: (event) => event.type === 'progress' && reach(),
      });
      // Cancelled within the last node it may still finish.
      expect(['cancelled', 'finished']).toContain(result.status);
      expect(result.failed).toEqual([]);
      expect(at.backend.live().bytes).toBeGreaterThanOrEqual(at.executor.usage().bytes);
      const again = await at.run(make());
      expect(again.status).toBe('finished');
      // What was done before is not done again, and everything else is.
      const done = result.ran.map(placed);
      expect(again.ran.map(placed).filter((place) => done.includes(place))).toEqual([]);
      expect([...done, ...again.ran.map(placed)].toSorted()).toEqual(whole);
      if (done.length > 0 && again.ran.length > 0) resumed++;
      expectNoLeak(at);
    }
    expect(resumed).toBeGreaterThan(total / 3);
  });

  it.each(documents)('the device lost at every point: %s', async (_name, make) => {
    const total = await points(make());
    let resumed = 0;
    for (let point = 0; point < total; point++) {
      let count = 0;
      const broken = losableBackend();
      const registry = registryOf(
        kitNodes(async () => {
          if (count++ === point) broken.lose('unplugged');
          await Promise.resolve();
        }),
      );
      const executor = executorOn(broken);
      const planned = plan(infer({ document: make(), registry, catalog }));
      const result = await executor.run(planned);
      const lost = count > point;
      expect(result.status).toBe(lost ? 'device-lost' : 'finished');
      expect(result.failed).toEqual([]);
      await new Promise((settle) => setTimeout(settle, 0));
      const backend = losableBackend();
      const { backedUp } = await executor.recover({ backend, models });
      expect(broken.live()).toMatchObject({ tensors: 0, bytes: 0 });
      const kept = planned.steps.filter(({ key }) => executor.has(key));
      expect(kept).toHaveLength(backedUp);
      const again = await executor.run(planned);
      expect(again.status).toBe('finished');
      // What was rescued is not computed again.
      const ran = new Set(again.ran.map(({ node, iteration }) => `${node}@${iteration}`));
      for (const { refs } of kept)
        for (const { node, iteration } of refs) expect(ran).not.toContain(`${node}@${iteration}`);
      if (backedUp > 0) resumed++;
      executor.dispose();
      expect(backend.live()).toMatchObject({ tensors: 0, bytes: 0 });
    }
    expect(resumed).toBeGreaterThan(total / 3);
  });

  it('cancelled before it began, nothing runs', async () => {
    const at = bench();
    const result = await at.run(diamond(), { signal: AbortSignal.abort() });
    expect(result).toMatchObject({ status: 'cancelled', ran: [], targets: [] });
    expect(at.counter.take()).toEqual({});
    expectNoLeak(at);
  });

  it.each(documents)('failed at every point: %s', async (_name, make) => {
    const total = await points(make());
    for (let point = 0; point < total; point++) {
      let count = 0;
      let broken = '';
      const at = bench(async (name) => {
        await Promise.resolve();
        if (count++ !== point) return;
        broken = name;
        throw new Error(`broke in ${name}`);
      });
      const result = await at.run(make());
      expect(result.status).toBe(broken === '' ? 'finished' : 'failed');
      if (broken === '') continue;
      expect(result.failed).toHaveLength(1);
      const [failure] = result.failed;
      expect(failure?.error).toMatchObject({
        code: 'node-failed',
        message: `broke in ${broken}`,
        place: { node: failure?.node },
      });
      for (const { because } of result.skipped) expect(because).toBe(failure?.node);
      expect((await at.run(make())).status).toBe('finished');
      expectNoLeak(at);
    }
  });

  it('a failure stays with its node and what needs it', async () => {
    const at = bench((name) => {
      if (name === 'bad') throw new Error('no');
    });
    const document = graph(
      {
        n: ['kit/number'],
        bad: ['kit/sum', { tag: 'bad' }],
        good: ['kit/sum', { tag: 'good' }],
        x: ['kit/show', { tag: 'x' }],
        y: ['kit/show', { tag: 'y' }],
      },
      ['n.number > bad.a', 'n.number > good.a', 'bad.number > x.number', 'good.number > y.number'],
    );
    const result = await at.run(document);
    expect(result).toMatchObject({
      status: 'failed',
      failed: [{ node: 'bad' }],
      skipped: [{ node: 'x', because: 'bad' }],
      targets: [{ node: 'y' }],
    });
    expectNoLeak(at);
  });

  it('a lost device ends the run even if a node hangs; another device resumes from copies', async () => {
    const counter = new Counter();
    const hang = deferred<undefined>();
    const registry = registryOf(
      kitNodes(async (name) => {
        counter.add(name);
        if (name === 'decode') await hang.promise;
      }),
    );
    const broken = losableBackend();
    const executor = executorOn(broken);
    const planned = plan(infer({ document: textToImage(), registry, catalog }));
    const events: RunEvent[] = [];
    const result = await executor.run(planned, {
      onEvent(event) {
        events.push(event);
        if (event.type === 'node-started' && event.node === 'decode') broken.lose('unplugged');
      },
    });
    expect(result).toMatchObject({ status: 'device-lost', reason: 'unplugged', failed: [] });
    expect(events.map(({ type }) => type).slice(-2)).toEqual(['device-lost', 'finished']);
    hang.resolve(undefined);
    expect(await executor.run(planned)).toMatchObject({ status: 'device-lost', ran: [] });
    await new Promise((settle) => setTimeout(settle, 0));
    counter.take();
    const backend = losableBackend();
    expect(await executor.recover({ backend, models })).toMatchObject({ backedUp: 2 }); // noise and the sampled latent
    expect(broken.live().tensors).toBe(0);
    const resumed = await executor.run(planned);
    expect(resumed.status).toBe('finished');
    expect(counter.take()).toEqual({ decode: 1, output: 1, package: 1 });
    executor.dispose();
    expect(backend.live().tensors).toBe(0);
  });
});

const single = async (document: LoomDocument, numbers?: 'all' | 'off'): Promise<RunResult> => {
  const at = bench(undefined, numbers ? { numbers } : {});
  const result = await at.run(document);
  expectNoLeak(at);
  return result;
};

describe('values', () => {
  it('sizes that wiring could not know are checked with the real ones, by name', async () => {
    const document = graph(
      { p: ['kit/package'], file: ['kit/image', { unknown: true, height: 250 }], e: ['kit/encode'] },
      ['p.firstStage > e.firstStage', 'file.image > e.image'],
    );
    const at = bench();
    expect(at.planned(document, { targets: ['e'] }).unsolved).toEqual([
      { node: 'e', iteration: 0, port: 'image', field: 'height' },
      { node: 'e', iteration: 0, port: 'image', field: 'width' },
    ]);
    const result = await at.run(document, { targets: ['e'] });
    expect(result.failed[0]?.error).toMatchObject({
      code: 'bad-input',
      message: '“Encode” (e) was given a height of 250 at image, but a multiple of 8 is wanted.',
      place: { node: 'e', port: 'image', path: 'height' },
    });
    expectNoLeak(at);
  });

  it('NaN is found at the sink and traced to the node that made it, whose result is not kept', async () => {
    const document = graph(
      { i: ['kit/image', { value: Number.MAX_VALUE }], r: ['kit/resize'], o: ['kit/output'] },
      ['i.image > r.image', 'r.image > o.image'],
    );
    // Infinity is a number; 0 · Infinity is not.
    const nan = graph(
      {
        zero: ['kit/image', { tag: 'zero' }],
        huge: ['kit/image', { value: Number.MAX_VALUE }],
        m: ['kit/mask'],
        r: ['kit/resize'],
        o: ['kit/output'],
      },
      ['zero.image > m.mask', 'huge.image > m.image', 'm.image > r.image', 'r.image > o.image'],
    );
    expect((await single(document)).status).toBe('finished');
    for (const numbers of [undefined, 'all'] as const) {
      const result = await single(nan, numbers);
      expect(result.failed).toMatchObject([
        { node: 'm', error: { code: 'not-a-number', place: { node: 'm' } } },
      ]);
      expect(result.skipped).toContainEqual({ node: 'o', iteration: 0, because: 'm' });
    }
    expect((await single(nan, 'off')).status).toBe('finished');
  });

  it('a small budget evicts, and still computes the right thing', async () => {
    const at = bench(undefined, { cacheBytes: 100 });
    expect((await at.run(diamond())).status).toBe('finished');
    const shown = at.executor.borrow({ node: 'out', side: 'in', port: 'image' });
    expect(shown?.value.kind).toBe('image');
    shown?.release();
    const big = graph({ i: ['kit/image'], r: ['kit/resize'], o: ['kit/output'] }, [
      'i.image > r.image',
      'r.image > o.image',
    ]);
    expect((await at.run(big)).status).toBe('finished');
    expect((await at.run(diamond())).status).toBe('finished');
    expect(at.executor.usage().bytes).toBeLessThanOrEqual(100);
    expectNoLeak(at);
  });

  it('a borrowed value outlives the cache', async () => {
    const at = bench();
    await at.run(diamond());
    const shown = at.executor.borrow({ node: 'paint', port: 'image' });
    at.executor.clear();
    expect(at.backend.live().tensors).toBe(1);
    expect(shown?.value.kind === 'image' ? (await shown.value.pixels.read())[0] : undefined).toBe(9);
    shown?.release();
    shown?.release();
    at.executor.clear();
    expect(at.backend.live().tensors).toBe(0);
  });

  it('runs wait for each other', async () => {
    const at = bench();
    const [first, second] = await Promise.all([at.run(diamond()), at.run(diamond())]);
    expect(first.ran).toHaveLength(7);
    expect(second.ran).toHaveLength(0);
    expectNoLeak(at);
  });
});

describe('loading beside encoding', () => {
  /** A model source that notes what it is asked to fetch, and until when. */
  function fetching() {
    const asked: string[][] = [];
    const signals: AbortSignal[] = [];
    const source: ModelSource = {
      ...models,
      prefetch(networks, { signal }) {
        asked.push(networks.map(({ package: id, name }) => `${id}/${name}`));
        signals.push(signal);
      },
    };
    return { asked, signals, source };
  }

  it('the networks of a run are asked for once, before the first node ends, and dropped when it is over', async () => {
    const { asked, signals, source } = fetching();
    let atPrompt: readonly string[][] = [];
    const at = bench(
      (name) => {
        if (name === 'prompt') atPrompt = [...asked];
      },
      { models: source },
    );
    const document = edit(textToImage(), 'prompt', { params: { tag: 'prompt' } });
    expect((await at.run(document)).status).toBe('finished');
    expect(atPrompt).toEqual([['kl/text', 'kl/unet', 'kl/decoder']]);
    expect(asked).toHaveLength(1);
    expect(signals.map(({ aborted }) => aborted)).toEqual([true]);
    // What is served from the cache needs no network.
    expect((await at.run(document)).cached.length).toBeGreaterThan(0);
    expect(asked).toHaveLength(1);
    at.executor.clear();
    expectNoLeak(at);
  });

  it('a node that needs no device runs beside one that does; two that do never run at once', async () => {
    const running = new Set<string>();
    const together = new Set<string>();
    const [slowBegun, freeBegun] = [deferred<void>(), deferred<void>()];
    const at = bench(async (name) => {
      for (const other of running) together.add([name, other].sort().join(' '));
      running.add(name);
      // Each waits for the other: were they one after the other, neither would end.
      if (name === 'slow') {
        slowBegun.resolve();
        await freeBegun.promise;
      }
      if (name === 'package') {
        freeBegun.resolve();
        await slowBegun.promise;
      }
      await Promise.resolve();
      running.delete(name);
    });
    const document = graph(
      {
        slow: ['kit/paint', { tag: 'slow' }],
        quick: ['kit/paint', { tag: 'quick' }],
        n: ['kit/number', { value: 1, tag: 'n' }],
        package: ['kit/package', { tag: 'package' }],
        noise: ['kit/noise', { tag: 'noise' }],
      },
      ['n.number > slow.number', 'n.number > quick.number', 'package.unet > noise.unet'],
    );
    const result = await at.run(document, { targets: ['slow', 'quick', 'noise'] });
    expect(result.status).toBe('finished');
    expect([...together]).toContain('package slow');
    expect([...together].filter((pair) => pair.includes('quick') && pair.includes('slow'))).toEqual([]);
    at.executor.clear();
    expectNoLeak(at);
  });
});
