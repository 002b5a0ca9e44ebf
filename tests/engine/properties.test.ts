/** Laws that hold for all graphs. */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  applyFix,
  checkConnection,
  infer,
  inferredCount,
  fixesFor,
  parseDocument,
  plan,
  serialise,
  type Inference,
  type LoomDocument,
  type Plan,
  type TypeExpression,
} from '@/engine';
import { createCpuBackend } from '@/engine/tensor';
import { flatten } from '@/engine/graph/flatten';
import { patch } from '@/engine/graph/patch';
import { reduce, unify, type Outcome, type Solution } from '@/engine/solver/unify';
import { anyDocument, anyEdit, runnableDocument } from './arbitrary';
import { catalog, Counter, executorOn, registryOf } from './kit';
import { kit, kitNodes } from './kit-nodes';

const names = fc.subarray(['class', 'map', 'text']);
const variable = (...of: string[]) => fc.constantFrom(...of).map((name): TypeExpression => ({ var: name }));
/** Expressions are sorted: arithmetic is over sizes, unions are over sets, names stand alone. Own variables and unknowns of each sort. */
const { size, set } = fc.letrec<{ size: TypeExpression; set: TypeExpression }>((tie) => ({
  size: fc.oneof(
    { maxDepth: 3 },
    fc.integer({ min: 1, max: 32 }),
    variable('x', 'y', 'h', 'H@load', 'W@load'),
    fc.array(tie('size'), { minLength: 1, maxLength: 3 }).map((mul): TypeExpression => ({ mul })),
    fc.array(tie('size'), { minLength: 1, maxLength: 3 }).map((add): TypeExpression => ({ add })),
  ),
  set: fc.oneof(
    { maxDepth: 3 },
    names.map((of): TypeExpression => ({ set: of })),
    names.map((of): TypeExpression => ({ atMost: of })),
    variable('P', 'Q', 'R@load'),
    fc.array(tie('set'), { minLength: 1, maxLength: 3 }).map((union): TypeExpression => ({ union })),
    tie('set').map((within): TypeExpression => ({ within })),
  ),
}));
const title = fc.oneof(fc.constantFrom<TypeExpression>('kl', 'vq', true), variable('S', 'T', 'U@load'));
const batch = fc.oneof(
  size,
  size.map((broadcast): TypeExpression => ({ broadcast })),
);
const pairs = fc.oneof(
  fc.tuple(size, size, size),
  fc.tuple(batch, batch, batch),
  fc.tuple(set, set, set),
  fc.tuple(title, title, title),
);
const anyExpression = fc.oneof(size, batch, set, title);

const outcomeOf = (outcome: Outcome): string => (typeof outcome === 'string' ? outcome : 'mismatch');

describe('unification', () => {
  it('is commutative: the sides exchanged, the outcome and what is settled are the same', () => {
    fc.assert(
      fc.property(pairs, ([a, b, probe]) => {
        const [one, other]: Solution[] = [new Map(), new Map()];
        if (!one || !other) return;
        const there = unify(a, b, one);
        const back = unify(b, a, other);
        expect(outcomeOf(back)).toBe(outcomeOf(there));
        expect(back).toEqual(typeof there === 'object' ? { want: there.got, got: there.want } : there);
        for (const seen of [a, b, probe]) expect(reduce(seen, other)).toEqual(reduce(seen, one));
      }),
      { numRuns: 5000 },
    );
  });

  it('is idempotent: what was made equal is equal, and settles nothing more', () => {
    fc.assert(
      fc.property(pairs, ([a, b]) => {
        const solution: Solution = new Map();
        const first = unify(a, b, solution);
        const settled = JSON.stringify([...solution]);
        const again = unify(a, b, solution);
        expect(outcomeOf(again)).toBe(outcomeOf(first));
        expect(JSON.stringify([...solution])).toBe(settled);
        expect(unify(a, a, solution)).not.toBeTypeOf('object');
      }),
      { numRuns: 5000 },
    );
  });

  it('never makes a name a size or a set, nor a size a set', () => {
    const sorts = [
      fc.integer({ min: 1, max: 9 }),
      fc.constantFrom('kl', 'vq'),
      names.map((of): TypeExpression => ({ set: of })),
      fc.boolean(),
    ];
    fc.assert(
      fc.property(
        fc
          .subarray(sorts, { minLength: 2, maxLength: 2 })
          .chain(([a, b]) => fc.tuple(a ?? fc.constant(0), b ?? fc.constant(0))),
        ([a, b]) => {
          expect(unify(a, b, new Map())).toEqual({ want: a, got: b });
        },
      ),
    );
  });

  it('reduces to a normal form', () => {
    fc.assert(
      fc.property(anyExpression, (a) => {
        const once = reduce(a, new Map());
        expect(reduce(once, new Map())).toEqual(once);
      }),
      { numRuns: 3000 },
    );
  });
});

/** All but the fixes, whose search is no part of inference. */
const view = (inference: Inference) => ({
  graph: inference.graph.diagnostics,
  nodes: [...inference.nodes].map(([id, info]) => [id, { ...info, definition: info.definition?.id }]),
});

/** An image resized again and again. */
const chain = (length: number) => {
  const nodes: Record<string, unknown> = { n0: { type: 'kit/image' } };
  const edges: Record<string, unknown> = {};
  for (let k = 1; k < length; k++) {
    nodes[`n${k}`] = { type: 'kit/resize', params: { height: k } };
    edges[`e${k}`] = { from: { node: `n${k - 1}`, port: 'image' }, to: { node: `n${k}`, port: 'image' } };
  }
  return parseDocument({ format: 'latent-loom', version: 1, nodes, edges }).document;
};

describe('inference', () => {
  it('never throws, and no wire is taken in the hand that is then found at fault', () => {
    fc.assert(
      fc.property(anyDocument, (document) => {
        const inference = infer({ document, registry: kit, catalog });
        for (const [id, edge] of Object.entries(document.edges)) {
          const rest = {
            ...document,
            edges: Object.fromEntries(Object.entries(document.edges).filter(([other]) => other !== id)),
          };
          const free = Object.values(rest.edges).every(
            ({ to }) => to.node !== edge.to.node || to.port !== edge.to.port,
          );
          if (
            !free ||
            document.nodes[edge.to.node]?.mode !== 'active' ||
            document.nodes[edge.from.node]?.mode === 'mute'
          )
            continue;
          const { ok } = checkConnection(
            infer({ document: rest, registry: kit, catalog }),
            edge.from,
            edge.to,
          );
          const atEdge = inference.diagnostics.filter(
            (found) => found.edge === id && found.code === 'type-mismatch',
          );
          expect(ok ? atEdge : []).toEqual([]);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('of an edited document from the old result equals inference anew', () => {
    fc.assert(
      fc.property(
        fc.oneof(anyDocument, runnableDocument),
        fc.array(anyEdit, { minLength: 1, maxLength: 6 }),
        (start, edits) => {
          let document: LoomDocument = start;
          let previous = infer({ document, registry: kit, catalog });
          for (const edit of edits) {
            document = edit(document);
            const next = infer({ document, registry: kit, catalog, previous });
            expect(view(next)).toEqual(view(infer({ document, registry: kit, catalog })));
            previous = next;
          }
        },
      ),
      { numRuns: 800 },
    );
  });

  it('patches the unfolded graph into what unfolding anew gives, whenever it does', () => {
    let patches = 0;
    let edited = 0;
    fc.assert(
      fc.property(
        fc.oneof(runnableDocument, runnableDocument, anyDocument),
        fc.array(anyEdit, { minLength: 1, maxLength: 6 }),
        (start, edits) => {
          let document: LoomDocument = start;
          let graph = flatten(document, kit);
          for (const edit of edits) {
            const before = document;
            document = edit(document);
            if (document === before) continue;
            edited++;
            const patched = patch(graph, before, document, kit);
            const whole = flatten(document, kit);
            if (patched) patches++;
            graph = patched?.graph ?? whole;
            expect(graph).toEqual(whole);
            expect([...graph.nodes.keys()]).toEqual([...whole.nodes.keys()]);
          }
        },
      ),
      { numRuns: 1500 },
    );
    // Were it never taken, nothing would have been tested.
    expect(patches / edited).toBeGreaterThan(0.4);
  });

  it('infers anew only what an edit reaches', () => {
    const document = chain(50);
    const previous = infer({ document, registry: kit, catalog });
    expect(inferredCount(previous)).toBe(50);
    const change = (id: string, rest: object) => {
      const node = document.nodes[id];
      if (!node) throw new Error(id);
      return inferredCount(
        infer({
          document: { ...document, nodes: { ...document.nodes, [id]: { ...node, ...rest } } },
          registry: kit,
          catalog,
          previous,
        }),
      );
    };
    expect(change('n20', { position: { x: 5, y: 5 } })).toBe(0);
    // A resize hides its input's size from what follows: the node and its one neighbour's check.
    expect(change('n20', { params: { height: 99 } })).toBe(2);
  });

  it('fixes remove what they are for and add no error, on any graph', () => {
    fc.assert(
      fc.property(anyDocument, (document) => {
        const inference = infer({ document, registry: kit, catalog });
        const errors = ({ diagnostics }: Inference): string[] =>
          diagnostics
            .filter(({ severity }) => severity === 'error')
            .map(({ code, node, port, edge, path }) => JSON.stringify([code, node, port, edge, path]));
        const before = new Set(errors(inference));
        for (const found of inference.diagnostics)
          for (const fix of fixesFor(found, inference)) {
            const fixed = structuredClone(document);
            applyFix(fixed, fix, kit);
            const after = errors(infer({ document: fixed, registry: kit, catalog }));
            const { code, node, port, edge, path } = found;
            expect(after).not.toContain(JSON.stringify([code, node, port, edge, path]));
            // The input whose wire is taken away may want one now.
            const wanting = JSON.stringify(['missing-input', node, port, undefined, undefined]);
            expect(
              after.filter(
                (error) => !before.has(error) && !(/^remove-edges?$/.test(fix.kind) && error === wanting),
              ),
            ).toEqual([]);
          }
      }),
      { numRuns: 100 },
    );
  });
});

/** What a node computes, written out: the meaning that keys stand for. */
function meaning(inference: Inference, planned: Plan, node: string): string {
  // A lazy input that cannot be computed is the same nothing, whatever stands there.
  if (!planned.stepOf(node)) return 'nothing';
  const info = inference.nodes.get(node);
  const inputs = Object.entries(info?.sources ?? {})
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([port, at]) => `${port}=${at.port}(${meaning(inference, planned, at.node)})`);
  const params = Object.entries(info?.params ?? {}).sort(([a], [b]) => (a < b ? -1 : 1));
  const only = info?.definition?.cache === 'never' ? node : '';
  return `${info?.definition?.id}${JSON.stringify(params)}[${inputs.join()}]${only}`;
}

/** Keys of everything that can be cached. */
const keys = (of: LoomDocument, device?: 'webgpu' | 'wasm', hash = 'h') =>
  plan(infer({ document: of, registry: kit, catalog: { ...catalog, hash: () => hash } }), {
    targets: Object.keys(of.nodes),
    ...(device ? { device: { kind: device, precision: 'fp32' } } : {}),
  })
    .steps.filter(({ definition }) => definition.cache !== 'never')
    .map(({ key }) => key)
    .sort();

describe('plans', () => {
  it('give two nodes one key exactly when they compute the same', () => {
    fc.assert(
      fc.property(runnableDocument, (document) => {
        const inference = infer({ document, registry: kit, catalog });
        const planned = plan(inference, { targets: Object.keys(document.nodes) });
        const meanings = new Map<string, string>();
        for (const { key, refs } of planned.steps)
          for (const { node } of refs) {
            const said = meaning(inference, planned, node);
            expect(meanings.get(said) ?? key).toBe(key);
            meanings.set(said, key);
          }
        expect(meanings.size).toBe(planned.steps.length);
        const seen = new Set<string>();
        for (const { key, inputs } of planned.steps) {
          for (const { step } of Object.values(inputs)) expect(seen.has(step)).toBe(true);
          seen.add(key);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('have keys of packages and device, but of no id, title, position or order of records', () => {
    fc.assert(
      fc.property(runnableDocument, (document) => {
        const fresh = JSON.stringify(document).includes('kit/clock');
        const renamed = JSON.parse(JSON.stringify(document).replaceAll(/"n(\d+)"/g, '"m$1"')) as LoomDocument;
        const turned = {
          ...document,
          nodes: Object.fromEntries(
            Object.entries(document.nodes)
              .toReversed()
              .map(([id, node]) => [id, { ...node, title: 't', position: { x: 9, y: 9 } }]),
          ),
        };
        expect(fresh ? [] : keys(renamed)).toEqual(fresh ? [] : keys(document));
        expect(keys(turned)).toEqual(keys(document));
        const planned = keys(document);
        expect(keys(document, 'webgpu').some((key) => keys(document, 'wasm').includes(key))).toBe(false);
        expect(keys(document)).toEqual(planned);
      }),
      { numRuns: 300 },
    );
  });
});

describe('random graphs', () => {
  it('run to an end without a leak, each step at most once', async () => {
    await fc.assert(
      fc.asyncProperty(
        runnableDocument,
        fc.nat(30),
        fc.constantFrom('no', 'cancel', 'fail'),
        fc.constantFrom(0, 200, 1e6),
        async (document, point, what, cacheBytes) => {
          let count = 0;
          const stop = new AbortController();
          const counter = new Counter();
          const registry = registryOf(
            kitNodes(async (name) => {
              counter.add(name);
              await Promise.resolve();
              if (count++ !== point) return;
              if (what === 'cancel') stop.abort();
              if (what === 'fail') throw new Error('random failure');
            }),
          );
          const backend = createCpuBackend();
          const executor = executorOn(backend, { cacheBytes });
          const planned = plan(infer({ document, registry, catalog }));
          const result = await executor.run(planned, { signal: stop.signal });
          const ran = Object.values(counter.take()).reduce((sum, times) => sum + times, 0);
          expect(ran).toBeLessThanOrEqual(planned.steps.length);
          expect(result.ran.length + result.failed.length).toBeLessThanOrEqual(planned.steps.length);
          const undisturbed = what === 'no' && planned.blocked.length === 0 && result.failed.length === 0;
          expect(result.status === 'finished' || !undisturbed).toBe(true);
          await executor.run(planned);
          executor.clear();
          expect(backend.live()).toMatchObject({ tensors: 0, bytes: 0 });
        },
      ),
      { numRuns: 250 },
    );
  });
});

describe('documents', () => {
  it('survive writing and reading, and equal ones are one text', () => {
    fc.assert(
      fc.property(anyDocument, (document) => {
        const text = serialise(document);
        const again = parseDocument(text).document;
        expect(again).toEqual(document);
        const turned = {
          ...document,
          nodes: Object.fromEntries(Object.entries(document.nodes).toReversed()),
        };
        expect(serialise(turned)).toBe(text);
      }),
      { numRuns: 300 },
    );
  });
});
