/** What widgets find out about the graph around their node, without a page. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { infer, parseDocument } from '@/engine';
import { createCatalog } from '@/models';
import { registry } from '@/nodes/registry';
import { fieldsOfNode } from '@/app/_state/fields';
import { pictureNear } from '@/app/_editor/form/picture-near';
import { wantedSize } from '@/app/_editor/form/wanted-size';
import { createNodeFiles } from '@/models/files-node';
import { readPackage } from '@/models/packages';
import { encodeMask, toDataUrl } from '@/app/_painter/indexed-png';
import { blank } from '@/app/_painter/raster';

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

describe('the size of a mask', () => {
  const png = (width: number, height: number): string => toDataUrl(encodeMask(blank(width, height)));
  const wanted = async (nodes: object, connections: readonly string[]) => {
    const catalog = createCatalog([await readPackage(createNodeFiles('tests/fixtures'), 'tiny')]);
    const end = (at: string) => ({ node: at.split('.')[0], port: at.split('.')[1] });
    const edges = Object.fromEntries(
      connections.map((connection, index) => {
        const [from = '', to = ''] = connection.split(' > ');
        return [`w${index}`, { from: end(from), to: end(to) }];
      }),
    );
    const { document } = parseDocument({ format: 'latent-loom', version: 1, nodes, edges });
    return wantedSize(infer({ document, registry, catalog }), 'mask');
  };
  const laid = {
    // Painted in another size: what is wanted counts.
    mask: { type: 'mask/load', params: { source: png(256, 256) } },
    soft: { type: 'mask/feather' },
    picture: { type: 'image/load', params: { source: png(320, 200) } },
    over: { type: 'image/composite' },
  };

  it('is that of the picture it is laid over, through what feathers it', async () => {
    expect(await wanted(laid, ['picture.image > over.a', 'mask.mask > over.mask'])).toEqual({
      width: 320,
      height: 200,
    });
    expect(
      await wanted(laid, ['picture.image > over.b', 'mask.mask > soft.mask', 'soft.mask > over.mask']),
    ).toEqual({ width: 320, height: 200 });
  });
  it('is that of the noise it keeps the sampler from, in pixels', async () => {
    const nodes = {
      mask: { type: 'mask/load' },
      package: { type: 'model/package', params: { package: 'tiny' } },
      noise: { type: 'latent/noise', params: { width: 128, height: 64 } },
      unet: { type: 'sampling/unet' },
      sampler: { type: 'sampling/sampler' },
    };
    const connections = [
      'package.unet > noise.unet',
      'package.unet > unet.unet',
      'unet.denoiser > sampler.denoiser',
      'noise.noise > sampler.noise',
      'mask.mask > sampler.mask',
    ];
    expect(await wanted(nodes, connections)).toEqual({ width: 128, height: 64 });
  });
  it('is not known where nothing says it', async () => {
    expect(await wanted(laid, [])).toBeUndefined();
    expect(await wanted(laid, ['mask.mask > soft.mask'])).toBeUndefined();
    expect(await wanted(laid, ['mask.mask > over.mask'])).toBeUndefined();
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
