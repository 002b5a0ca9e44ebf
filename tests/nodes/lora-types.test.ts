/** The LoRA node between a package and what that feeds: every type passes through, so that nothing is refused behind it. */
import { readdirSync, readFileSync } from 'node:fs';
import { produce } from 'immer';
import { describe, expect, it } from 'vitest';
import { fixesFor, infer, parseDocument, plan, type Inference, type LoomDocument } from '@/engine';
import { createCatalog, findPackages, type KnownLora, type KnownPackage } from '@/models';
import { createNodeFolder } from '@/models/folder-node';
import { registry } from '@/nodes/registry';
import { addLora, modelForLora } from '@/app/_state/lora-wiring';

const { signal } = new AbortController();
const lorasOnly: KnownLora[] = [];
const packages: KnownPackage[] = [];
for (const place of ['tests/fixtures/foreign', 'models/loom-kl-f8', 'models/loom-vq-f8'])
  for (const found of await findPackages(createNodeFolder(place), signal)) {
    if ('known' in found) packages.push(found.known);
    if ('lora' in found) lorasOnly.push(found.lora);
  }
const catalog = createCatalog(packages, lorasOnly);
const lora = lorasOnly[0]?.id ?? '';

const templates = readdirSync('public/templates')
  .filter((name) => name.endsWith('.json') && name !== 'index.json')
  .map((name) => name.slice(0, -'.json'.length));
const template = (name: string): LoomDocument =>
  parseDocument(readFileSync(`public/templates/${name}.json`, 'utf8')).document;
const packageNodes = (document: LoomDocument): readonly string[] =>
  Object.entries(document.nodes).flatMap(([id, { type }]) => (type === 'model/package' ? [id] : []));
const infers = (document: LoomDocument): Inference => infer({ document, registry, catalog });
const complaints = (inference: Inference): readonly string[] =>
  [...inference.nodes].flatMap(([id, { diagnostics, unsolved }]) => [
    ...diagnostics.map(({ code, port, path }) => `${id} ${code} ${port ?? ''} ${path ?? ''}`),
    ...unsolved.map(({ port, field }) => `${id} unsolved ${port} ${field}`),
  ]);

/** Over this package, with `count` LoRAs in a row behind each package node. */
const over = (name: string, id: string, count: number): LoomDocument =>
  produce(template(name), (draft) => {
    for (const node of packageNodes(draft)) {
      const target = draft.nodes[node];
      if (target !== undefined) target.params['package'] = id;
      for (let i = 0; i < count; i += 1) addLora(draft, { lora, model: node, at: { x: 0, y: 0 } });
    }
  });

describe('where a LoRA goes', () => {
  const document = over('text-to-image', packages[0]?.description.id ?? '', 1);
  const wires = ({ edges }: LoomDocument): readonly string[] =>
    Object.values(edges).map(({ from, to }) => `${from.node}.${from.port} ${to.node}.${to.port}`);

  it('between the package and all that its U-Net and conditioner feed, the first stage as it was', () => {
    const before = wires(template('text-to-image'));
    const after = wires(document);
    const behind = after.filter((wire) => wire.startsWith('lora.'));
    expect(behind.map((wire) => wire.replace('lora.', 'package.')).toSorted()).toEqual(
      before.filter((wire) => /^package\.(?:unet|conditioner) /u.test(wire)).toSorted(),
    );
    expect(after.filter((wire) => wire.startsWith('package.')).toSorted()).toEqual(
      [
        ...before.filter((wire) => wire.startsWith('package.firstStage')),
        'package.conditioner lora.conditioner',
        'package.unet lora.unet',
      ].toSorted(),
    );
  });

  it('the chosen model, else the only package; none where several could be meant', () => {
    expect(modelForLora(document, ['noise', 'lora'])).toBe('lora');
    expect(modelForLora(document, ['noise'])).toBe('package');
    const two = produce(document, (draft) => {
      const first = draft.nodes['package'];
      if (first !== undefined) draft.nodes['other'] = { ...first };
    });
    expect(modelForLora(two, [])).toBe(undefined);
    expect(modelForLora(two, ['other'])).toBe('other');
  });

  it('alone, it stands by itself; of a LoRA that is not here the graph says so and offers those that are', () => {
    const alone = produce(template('unconditional'), (draft) => {
      draft.nodes = {};
      draft.edges = {};
      draft.groups = {};
      addLora(draft, { lora: 'file:gone#0', at: { x: 0, y: 0 } });
    });
    const inference = infers(alone);
    const missing = inference.nodes.get('lora')?.diagnostics.find(({ code }) => code === 'package-missing');
    expect(missing).toMatchObject({ path: 'lora', got: 'file:gone#0' });
    const fixes = missing === undefined ? [] : fixesFor(missing, inference);
    expect(fixes.map((fix) => ('value' in fix ? fix.value : fix.kind))).toEqual(
      lorasOnly.map(({ id }) => id),
    );
  });

  it('its contents enter the key of every result behind it, and of no other', () => {
    const keys = (known: typeof catalog): ReadonlyMap<string, string> =>
      new Map(
        plan(infer({ document, registry, catalog: known })).steps.map(({ refs, key }) => [refs[0].node, key]),
      );
    const before = keys(catalog);
    const other = keys({ ...catalog, hash: (id) => (id === lora ? 'another' : catalog.hash(id)) });
    expect(before.get('lora')).toBeDefined();
    for (const node of ['lora', 'prompt']) expect(other.get(node), node).not.toBe(before.get(node));
    expect(other.get('package')).toBe(before.get('package'));
  });
});

describe('types through LoRAs', () => {
  it('there are packages of many layouts, and LoRAs', () => {
    expect(packages.map(({ description }) => description.layout)).toEqual(
      expect.arrayContaining(['loom', 'diffusers', 'checkpoint']),
    );
    expect(lorasOnly).toHaveLength(3);
  });

  it.each(templates)('%s says the same with none, one and two in a row', (name) => {
    for (const { description } of packages) {
      const [none = [], ...rows] = [0, 1, 2].map((count) =>
        complaints(infers(over(name, description.id, count))),
      );
      for (const row of rows) expect(row, description.id).toEqual(none);
    }
  });

  it('what leaves the second is what the package says', () => {
    const document = over('text-to-image', packages[0]?.description.id ?? '', 2);
    const inference = infers(document);
    const [node = ''] = packageNodes(document);
    for (const port of ['unet', 'conditioner']) {
      const given = inference.portType(node, 'out', port)?.fields ?? {};
      const behind = inference.portType('lora', 'out', port)?.fields;
      expect(behind).toMatchObject(given);
    }
  });
});
