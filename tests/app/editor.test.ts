import { readFileSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { produce } from 'immer';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  connect,
  documentSchema,
  emptyDocument,
  freshId,
  portKinds,
  type LoomDocument,
  type PortType,
} from '@/engine';
import { registry } from '@/nodes/registry';
import { branchFrom } from '@/app/_state/branch';
import {
  addNode,
  nextSeed,
  removeNodes,
  seedControl,
  setSeedControl,
  replaceBy,
  toggleMode,
} from '@/app/_state/edits';
import { nextProgress } from '@/app/_state/run-store';
import { samplerAmong, samplerBehind } from '@/app/_state/samplers';
import { fieldsOfNode } from '@/app/_state/fields';
import { inOrder } from '@/app/_editor/lib/order';
import { dashOf, fillingOf } from '@/app/_editor/port/appearance';
import { kindAppearance } from '@/app/_editor/port/kinds';
import { match, searchNodes } from '@/app/_editor/library/search';
import { commands } from '@/app/_actions/commands';
import { currentNodeLabels } from '@/app/_i18n/node-labels';

const root = fileURLToPath(new URL('../../', import.meta.url));
const template = (name: string): LoomDocument =>
  documentSchema.parse(JSON.parse(readFileSync(`${root}public/templates/${name}.json`, 'utf8')));
const pairs = (document: LoomDocument): string[] =>
  Object.values(document.edges)
    .map(({ from, to }) => `${from.node}.${from.port} ${to.node}.${to.port}`)
    .toSorted();
const definition = (id: string) => {
  const found = registry.get(id);
  if (found === undefined) throw new Error(id);
  return found;
};

describe('search', () => {
  const first = (query: string) => searchNodes(registry.all(), query, currentNodeLabels())[0]?.definition.id;
  it.each([
    ['KSampler', 'sampling/sampler'],
    ['ksam', 'sampling/sampler'],
    ['CheckpointLoaderSimple', 'model/package'],
    ['CLIPTextEncode', 'conditioning/text'],
    ['VAEDecode', 'first-stage/decode'],
    ['VAEEncode', 'first-stage/encode'],
    ['SaveImage', 'image/output'],
    ['unet', 'sampling/unet'],
    ['noise', 'latent/noise'],
  ])('%s finds %s', (query, id) => expect(first(query)).toBe(id));
  it('finds nodes by the kind of their ports', () => {
    const found = searchNodes(registry.all(), 'semantic-map', currentNodeLabels()).map(
      (hit) => hit.definition.id,
    );
    expect(found).toContain('conditioning/semantic-map');
  });
  it('gives everything for nothing and nothing for nonsense', () => {
    expect(searchNodes(registry.all(), '', currentNodeLabels())).toHaveLength(registry.all().length);
    expect(searchNodes(registry.all(), 'zzqqxx', currentNodeLabels())).toEqual([]);
  });
  it('scores between 0 and 1, a text itself with 1', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1, maxLength: 12 }), fc.string({ maxLength: 24 }), (query, text) => {
        const score = match(query, text);
        expect(score).toBeGreaterThanOrEqual(0);
        expect(score).toBeLessThanOrEqual(1);
      }),
    );
    expect(match('Sampler', 'Sampler')).toBe(1);
  });
});

describe('forms', () => {
  it('have a field for each parameter of each node, with the default of its schema', () => {
    for (const node of registry.all()) {
      const fields = fieldsOfNode(node);
      expect(fields.map((field) => field.name)).toEqual(Object.keys(node.params.shape));
      const defaults = node.params.safeParse({});
      if (!defaults.success) continue;
      for (const field of fields)
        expect(field.initial, `${node.id} ${field.name}`).toEqual(defaults.data[field.name]);
    }
  });
  it('give sliders a range', () => {
    for (const node of registry.all())
      for (const field of fieldsOfNode(node).filter(({ widget }) => widget === 'slider')) {
        expect(field.min, `${node.id} ${field.name}`).toBeDefined();
        expect(field.max, `${node.id} ${field.name}`).toBeDefined();
      }
  });
});

describe('looks of ports', () => {
  it('tell every kind by shape as well as by colour', () => {
    expect(new Set(portKinds.map((kind) => kindAppearance[kind].outline)).size).toBe(portKinds.length);
    for (const theme of ['light', 'dark'] as const) {
      const colours = portKinds.map((kind) => kindAppearance[kind][theme]);
      for (const colour of colours) expect(colour).toMatch(/^#[\da-f]{6}$/);
      expect(new Set(colours).size).toBe(portKinds.length);
    }
  });
  it('tell four latent spaces apart by filling and dash, and an unknown one', () => {
    const spaces = ['a', 'b', 'c', 'd'];
    const type = (space?: string): PortType => ({
      kind: 'latent',
      fields: space === undefined ? {} : { space },
    });
    const looks = [...spaces, undefined].map((space) => type(space));
    expect(new Set(looks.map((look) => fillingOf(look, spaces))).size).toBe(5);
    expect(new Set(looks.map((look) => dashOf(look, spaces))).size).toBe(5);
  });
});

describe('edits', () => {
  it('make readable ids that are free', () => {
    expect(freshId({}, 'sampler')).toBe('sampler');
    expect(freshId({ sampler: 1, 'sampler-2': 1 }, 'sampler')).toBe('sampler-3');
  });
  it('write the defaults of a new node out', () => {
    const document = produce(emptyDocument(), (draft) => {
      addNode(draft, definition('sampling/sampler'), { x: 1.4, y: 2.6 });
    });
    expect(document.nodes['sampler']?.params).toEqual(definition('sampling/sampler').params.parse({}));
    expect(document.nodes['sampler']?.position).toEqual({ x: 1, y: 3 });
  });
  it('hold one wire at an input', () => {
    const document = produce(template('text-to-image'), (draft) => {
      connect(draft, { node: 'negative', port: 'conditioning' }, { node: 'unet', port: 'positive' });
    });
    const into = Object.values(document.edges).filter(
      ({ to }) => to.node === 'unet' && to.port === 'positive',
    );
    expect(into.map(({ from }) => from.node)).toEqual(['negative']);
  });
  it('reconnect around what is deleted, by kind', () => {
    const before = template('text-to-image');
    const document = produce(before, (draft) => removeNodes(draft, ['condition'], true));
    expect(document.nodes['condition']).toBeUndefined();
    expect(
      Object.values(document.edges).some(
        ({ from, to }) => from.node === 'condition' || to.node === 'condition',
      ),
    ).toBe(false);
    expect(Object.values(document.edges).some(({ to }) => to.node === 'unet' && to.port === 'positive')).toBe(
      true,
    );
    const cut = produce(before, (draft) => removeNodes(draft, ['condition'], false));
    expect(Object.values(cut.edges).some(({ to }) => to.node === 'unet' && to.port === 'positive')).toBe(
      false,
    );
  });
  it('switch a mode on for all and off again', () => {
    const before = template('text-to-image');
    const on = produce(before, (draft) => toggleMode(draft, ['class', 'prompt'], 'mute'));
    expect([on.nodes['class']?.mode, on.nodes['prompt']?.mode]).toEqual(['mute', 'mute']);
    expect(produce(on, (draft) => toggleMode(draft, ['class', 'prompt'], 'mute'))).toEqual(before);
  });
  it('count seeds up and wrap at 2⁶⁴', () => {
    expect(nextSeed('7')).toBe('8');
    expect(nextSeed('9007199254740993')).toBe('9007199254740994');
    expect(nextSeed('18446744073709551615')).toBe('0');
  });
  it('keep how a seed moves on with the node, and nothing when it stays', () => {
    const before = template('text-to-image');
    const moved = produce(before, (draft) => setSeedControl(draft, 'noise', 'seed', 'random'));
    expect(seedControl(moved.nodes['noise'], 'seed')).toBe('random');
    expect(documentSchema.parse(JSON.parse(JSON.stringify(moved)))).toEqual(moved);
    expect(produce(moved, (draft) => setSeedControl(draft, 'noise', 'seed', 'fixed'))).toEqual(before);
  });
});

describe('an earlier version', () => {
  it('takes the place of everything, unknown fields included', () => {
    const before: LoomDocument = { ...template('text-to-image'), extra: { kept: 1 } };
    const after: LoomDocument = { ...emptyDocument(), other: [2] };
    const made = produce(before, (draft) => replaceBy(draft, after));
    expect(made).toEqual(after);
  });
});

describe('branch', () => {
  it('stops a copy at the step, goes on from it, and copies what follows', () => {
    const before = template('text-to-image');
    const after = produce(before, (draft) => {
      expect(branchFrom(draft, 'sampler', 7, 500)).toBe('sampler-branch');
    });
    expect(after.nodes['sampler-until']?.params['endStep']).toBe(7);
    const connections = pairs(after);
    expect(connections).toContain('sampler-until.latent sampler-branch.latent');
    expect(connections).toContain('sampler-branch.latent decode-branch.latent');
    expect(connections).toContain('decode-branch.image image-branch.image');
    expect(connections).toContain('unet.denoiser sampler-branch.denoiser');
    expect(connections).toContain('package.firstStage decode-branch.firstStage');
    // What was there is untouched.
    for (const pair of pairs(before)) expect(connections).toContain(pair);
    for (const id of Object.keys(before.nodes)) expect(after.nodes[id]).toEqual(before.nodes[id]);
  });
});

describe('samplers', () => {
  const document = template('two-pass');
  it('are known by their ports', () => {
    expect(samplerAmong(document, ['noise', 'refine', 'sampler'])).toBe('refine');
    expect(samplerAmong(document, ['noise', 'decode', 'nowhere'])).toBeUndefined();
    expect(samplerAmong(document)).toBe('refine');
  });
  it('stand behind the latents that came out of them', () => {
    expect(samplerBehind(document, 'refine')).toBe('refine');
    expect(samplerBehind(document, 'enlarge')).toBe('sampler');
    expect(samplerBehind(document, 'decode')).toBe('refine');
    expect(samplerBehind(document, 'prompt')).toBeUndefined();
  });
  it('are found even where latents go in a circle', () => {
    const circle = produce(document, (draft) => {
      connect(draft, { node: 'enlarge', port: 'latent' }, { node: 'crop', port: 'latent' });
    });
    expect(samplerBehind(circle, 'crop')).toBeUndefined();
  });
});

describe('order', () => {
  const names = readdirSync(`${root}public/templates`).filter(
    (name) => name.endsWith('.json') && name !== 'index.json',
  );
  it.each(names)('%s: every node once, after what feeds it', (name) => {
    const document = template(name.slice(0, -'.json'.length));
    const order = inOrder(document);
    expect(order.toSorted()).toEqual(Object.keys(document.nodes).toSorted());
    for (const { from, to } of Object.values(document.edges))
      expect(order.indexOf(from.node)).toBeLessThan(order.indexOf(to.node));
  });
  it('keeps nodes of a cycle', () => {
    const document = produce(template('text-to-image'), (draft) => {
      connect(draft, { node: 'image', port: 'x' }, { node: 'decode', port: 'latent' });
    });
    expect(inOrder(document).toSorted()).toEqual(Object.keys(document.nodes).toSorted());
  });
});

describe('progress', () => {
  it('tells time left by the pace since the first report of the same work', () => {
    const paces = new Map<string, { at: number; done: number }>();
    const report = (done: number, now: number) =>
      nextProgress({ is: 'running', since: 0 }, { done, total: 10, unit: 'steps' }, now, paces, 'a');
    expect(report(1, 1000)).toEqual({
      is: 'running',
      since: 0,
      progress: { done: 1, total: 10, unit: 'steps', left: undefined },
    });
    expect(report(3, 2000)).toEqual({
      is: 'running',
      since: 0,
      progress: { done: 3, total: 10, unit: 'steps', left: 3500 },
    });
    // Another run of the same node begins anew.
    expect(report(1, 9000)).toEqual({
      is: 'running',
      since: 0,
      progress: { done: 1, total: 10, unit: 'steps', left: undefined },
    });
  });
});

describe('commands', () => {
  it('have hotkeys of their own', () => {
    const keys = commands.flatMap((command) => [...(command.keys ?? [])]);
    expect(keys.length).toBeGreaterThan(30);
    expect(new Set(keys).size).toBe(keys.length);
  });
});
