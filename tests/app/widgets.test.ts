/** What widgets find out about the graph around their node, without a page. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { infer, parseDocument } from '@/engine';
import { createCatalog } from '@/models';
import { registry } from '@/nodes/registry';
import { fieldsOfNode } from '@/app/_editor/fields';
import { pictureNear } from '@/app/_editor/widgets/picture-near';

const text = readFileSync('public/templates/inpainting.json', 'utf8');
const inference = (without: readonly string[] = []) => {
  const { document } = parseDocument(text);
  const nodes = Object.fromEntries(Object.entries(document.nodes).filter(([id]) => !without.includes(id)));
  const edges = Object.fromEntries(
    Object.entries(document.edges).filter(
      ([, { from, to }]) => !without.includes(from.node) && !without.includes(to.node),
    ),
  );
  return infer({ document: { ...document, nodes, edges }, registry, catalog: createCatalog([]) });
};

describe('the picture under a mask', () => {
  const shown = parseDocument(text).document.nodes['picture']?.params['source'];
  it('is the one that the mask is laid over further on', () => {
    expect(shown).toMatch(/^data:image\/png/);
    expect(pictureNear(inference(), 'mask')).toBe(shown);
  });
  it('is the one that is encoded, where nothing is laid over', () => {
    expect(pictureNear(inference(['composite', 'image', 'soft']), 'mask')).toBe(shown);
  });
  it('is none where only the package joins them', () => {
    expect(pictureNear(inference(['composite', 'image', 'encode']), 'mask')).toBeUndefined();
  });
  it('is not the mask’s own file', () => {
    expect(pictureNear(inference(['picture']), 'soft')).toBeUndefined();
  });
});

describe('files', () => {
  const first = (widget: string) =>
    registry.all().find((node) => fieldsOfNode(node).some((field) => field.widget === widget))?.id;
  it('a dropped picture becomes a Load image; a latent has a widget of its own', () => {
    expect(first('image-file')).toBe('image/load');
    expect(first('latent-file')).toBe('latent/load');
  });
});
