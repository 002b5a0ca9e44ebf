/** One definition, many instances: inference, plan and runs go through them. */
import { produce } from 'immer';
import { describe, expect, it } from 'vitest';
import {
  addInstance,
  checkConnection,
  groupNodes,
  infer,
  fixesFor,
  makeUnique,
  mayStandIn,
  parseDocument,
  plan,
  portsOf,
  serialise,
  ungroup,
  unusedDefinitions,
  type LoomDocument,
} from '@/engine';
import { createCpuBackend } from '@/engine/tensor';
import { catalog, Counter, executorOn, graph, registryOf } from './kit';
import { kit, kitNodes } from './kit-nodes';
import { textToImage } from './graphs';

const change = (document: LoomDocument, recipe: (draft: LoomDocument) => void): LoomDocument =>
  produce(document, recipe);
const grouped = (): LoomDocument =>
  change(textToImage(), (draft) =>
    groupNodes(draft, ['unet', 'noise', 'sampler'], {
      definition: 'draw',
      instance: 'drawing',
      title: 'Draw',
    }),
  );
const read = (document: LoomDocument) => infer({ document, registry: kit, catalog });
const keys = (document: LoomDocument) =>
  plan(read(document))
    .steps.map(({ key }) => key)
    .sort();

const group = (nodes: string[], options: { definition: string; instance: string }) => () =>
  change(grouped(), (draft) => groupNodes(draft, nodes, options));

describe('grouping', () => {
  it('makes typed ports of the wires it cuts and changes nothing of what is computed', () => {
    const document = grouped();
    expect(Object.keys(document.nodes).sort()).toEqual(['decode', 'drawing', 'image', 'package', 'prompt']);
    expect(document.definitions.draw?.inputs).toEqual({
      unet: {
        to: [
          { node: 'unet', port: 'unet' },
          { node: 'noise', port: 'unet' },
        ],
      },
      positive: { to: [{ node: 'unet', port: 'positive' }] },
    });
    expect(document.definitions.draw?.outputs).toEqual({
      latent: { from: { node: 'sampler', port: 'latent' } },
    });
    const inference = read(document);
    expect(inference.diagnostics).toEqual([]);
    expect(inference.portType('drawing', 'out', 'latent')?.fields).toMatchObject({
      space: 'kl',
      height: 2,
      width: 2,
    });
    expect(inference.portType('drawing', 'in', 'positive')?.kind).toBe('conditioning');
    expect(keys(document)).toEqual(keys(textToImage()));
    expect(parseDocument(serialise(document)).document).toEqual(document);
    const instance = document.nodes.drawing;
    const ports = instance && portsOf(document, kit, instance);
    expect(
      Object.entries(ports?.inputs ?? {}).map(([name, { type, optional }]) => [name, type.kind, optional]),
    ).toEqual([
      ['unet', 'unet', undefined],
      ['positive', 'conditioning', true],
    ]);
  });

  it('is undone by ungrouping, up to names', () => {
    const apart = change(grouped(), (draft) => {
      ungroup(draft, 'drawing');
      for (const id of unusedDefinitions(draft)) delete draft.definitions[id];
    });
    expect(apart.definitions).toEqual({});
    expect(Object.keys(apart.nodes).sort()).toEqual(Object.keys(textToImage().nodes).sort());
    expect(keys(apart)).toEqual(keys(textToImage()));
    expect(Object.keys(apart.edges)).toHaveLength(9);
  });

  it('refuses ids that are taken and nodes that are not there', () => {
    expect(group(['decode'], { definition: 'draw', instance: 'x' })).toThrow('taken');
    expect(group(['decode'], { definition: 'y', instance: 'image' })).toThrow('taken');
    expect(group(['toString'], { definition: 'y', instance: 'x' })).toThrow('no node');
    expect(group([], { definition: 'y', instance: 'x' })).toThrow('nothing');
    expect(() => change(grouped(), (draft) => makeUnique(draft, 'image', 'y'))).toThrow('no instance');
  });
});

/** Definitions inside definitions, `width` instances on each level. */
const nested = (levels: number, width: number) =>
  graph({ top: [`graph/d${levels}`] }, [], {
    definitions: Object.fromEntries(
      Array.from({ length: levels + 1 }, (_, level) => [
        `d${level}`,
        {
          nodes: Object.fromEntries(
            Array.from({ length: width }, (__, k) => [
              `k${k}`,
              { type: level === 0 ? 'kit/number' : `graph/d${level - 1}` },
            ]),
          ),
        },
      ]),
    ),
  });

describe('instances', () => {
  it('refuse a wire whose inner input does not fit, with a fix', () => {
    const document = change(grouped(), (draft) => {
      Object.assign(
        draft.nodes,
        graph({ other: ['kit/package', { package: 'vq' }], words: ['kit/text'] }).nodes,
      );
      draft.edges.x = {
        from: { node: 'other', port: 'conditioner' },
        to: { node: 'words', port: 'conditioner' },
      };
    });
    const inference = read(document);
    const ends = {
      from: { node: 'words', port: 'conditioning' },
      to: { node: 'drawing', port: 'positive' },
    };
    const refused = checkConnection(inference, ends.from, ends.to);
    expect(refused).toMatchObject({
      ok: false,
      diagnostic: {
        code: 'type-mismatch',
        node: 'drawing',
        port: 'positive',
        path: 'for',
        got: 'vq',
        want: 'kl',
      },
    });
    expect(refused.ok ? [] : fixesFor(refused.diagnostic, inference, ends)).toContainEqual({
      kind: 'rewire',
      edge: 'x',
      from: { node: 'package', port: 'conditioner' },
    });
    expect(
      checkConnection(read(document), { node: 'drawing', port: 'latent' }, { node: 'drawing', port: 'unet' }),
    ).toMatchObject({ ok: false, diagnostic: { code: 'cycle' } });
    expect(
      checkConnection(
        read(document),
        { node: 'words', port: 'conditioning' },
        { node: 'drawing', port: 'nothing' },
      ),
    ).toMatchObject({ ok: false, diagnostic: { code: 'unknown-port' } });
  });

  it('share one definition, set exposed parameters for themselves, and can be made unique', async () => {
    const counter = new Counter();
    const registry = registryOf(kitNodes((name) => counter.add(name)));
    let document = graph(
      {
        n: ['kit/number', { value: 1 }],
        a: ['graph/plus'],
        b: ['graph/plus', { plus: 10 }],
        sum: ['kit/sum', { tag: 'sum' }],
        show: ['kit/show'],
      },
      ['n.number > a.in', 'n.number > b.in', 'a.out > sum.a', 'b.out > sum.b', 'sum.number > show.number'],
      {
        definitions: {
          plus: {
            nodes: {
              add: { type: 'kit/sum', params: { plus: 1, tag: 'add' } },
              again: { type: 'graph/twice' },
            },
            edges: { e: { from: { node: 'add', port: 'number' }, to: { node: 'again', port: 'x' } } },
            inputs: { in: { to: [{ node: 'add', port: 'a' }] } },
            outputs: { out: { from: { node: 'again', port: 'y' } } },
            params: { plus: { node: 'add', param: 'plus' } },
          },
          twice: {
            nodes: { double: { type: 'kit/sum', params: { tag: 'double' } } },
            inputs: {
              x: {
                to: [
                  { node: 'double', port: 'a' },
                  { node: 'double', port: 'b' },
                ],
              },
            },
            outputs: { y: { from: { node: 'double', port: 'number' } } },
          },
        },
      },
    );
    const backend = createCpuBackend();
    const executor = executorOn(backend);
    const total = async () => {
      const inference = infer({ document, registry, catalog });
      expect(inference.diagnostics).toEqual([]);
      const result = await executor.run(plan(inference));
      expect(result.status).toBe('finished');
      const borrowed = executor.borrow({ node: 'show', port: 'number', side: 'in' });
      borrowed?.release();
      return borrowed?.value;
    };
    expect(await total()).toEqual({ kind: 'number', value: 26 }); // 2·(1+1) + 2·(1+10)
    expect(counter.take()).toEqual({ add: 2, double: 2, number: 1, show: 1, sum: 1 });
    expect(executor.borrow({ node: 'b', port: 'out' })?.value).toEqual({ kind: 'number', value: 22 });
    expect(executor.borrow({ node: 'a/again/double', port: 'number' })?.value).toEqual({
      kind: 'number',
      value: 4,
    });

    document = change(document, (draft) => {
      const add = draft.definitions.plus?.nodes.add;
      if (add) add.params.plus = 2;
    });
    expect(await total()).toEqual({ kind: 'number', value: 28 });
    expect(counter.take()).toEqual({ add: 1, double: 1, show: 1, sum: 1 });

    document = change(document, (draft) => {
      makeUnique(draft, 'a', 'mine');
      const add = draft.definitions.mine?.nodes.add;
      if (add) add.params.plus = 5;
    });
    expect(document.definitions.plus?.nodes.add?.params.plus).toBe(2);
    expect(await total()).toEqual({ kind: 'number', value: 34 });

    document = change(document, (draft) => {
      const b = draft.nodes.b;
      if (b) b.mode = 'bypass';
    });
    expect(await total()).toEqual({ kind: 'number', value: 13 });
    executor.dispose();
    expect(backend.live().tensors).toBe(0);
  });

  it('that contain themselves, or multiply without end, are found and left folded', () => {
    expect(read(nested(3, 3)).nodes.size).toBe(81);
    const huge = read(nested(20, 10));
    expect(huge.diagnostics.some(({ code }) => code === 'too-large')).toBe(true);
    expect(huge.nodes.size).toBeLessThan(200_000);
    const loop = graph({ a: ['graph/a'] }, [], {
      definitions: { a: { nodes: { b: { type: 'graph/b' } } }, b: { nodes: { a: { type: 'graph/a' } } } },
    });
    expect(read(loop).diagnostics.map(({ code }) => code)).toContain('cycle');
  });

  it('are refused where the sub-graph would contain itself, at any depth, while editing', () => {
    const document = change(nested(2, 2), (draft) => makeUnique(draft, 'k0', 'other', 'd1'));
    const add = (definition: string, inside?: string) =>
      change(document, (draft) =>
        addInstance(draft, definition, { instance: 'new', ...(inside === undefined ? {} : { inside }) }),
      );
    for (const [definition, inside] of [
      ['d0', 'd0'],
      ['d1', 'd0'],
      ['d2', 'd0'],
      ['d2', 'd1'],
    ] as const) {
      expect(mayStandIn(document, definition, inside)).toBe(false);
      expect(() => add(definition, inside)).toThrow('would contain itself');
    }
    for (const [definition, inside] of [['d2'], ['d0', 'd2'], ['other', 'd0'], ['d0', 'other']] as const) {
      expect(mayStandIn(document, definition, inside)).toBe(true);
      expect(read(add(definition, inside)).diagnostics).toEqual([]);
    }
    expect(() => add('gone')).toThrow('no sub-graph');
    expect(() => add('d1', 'gone')).toThrow('no sub-graph');
    expect(() => change(document, (draft) => addInstance(draft, 'd0', { instance: 'top' }))).toThrow('taken');
  });

  it('a definition edited is inferred as a document anew would be', () => {
    const before = read(grouped());
    const document = change(grouped(), (draft) => {
      const unet = draft.definitions.draw?.nodes.unet;
      if (unet) unet.params.guidance = 99;
    });
    const next = infer({ document, registry: kit, catalog, previous: before });
    expect(next.diagnostics).toMatchObject([
      { code: 'invalid-param', node: 'drawing/unet', path: 'guidance' },
    ]);
    expect(next.diagnosticsOf('drawing')).toHaveLength(1);
    expect(next.diagnostics.flatMap((found) => fixesFor(found, next))[0]).toEqual({
      kind: 'set-param',
      node: 'drawing/unet',
      param: 'guidance',
      value: 30,
    });
  });
});
