/** Sizes are known while wiring, from a package's own size and from sizes in pixels, before anything runs. */
import { describe, expect, it } from 'vitest';
import { infer, parseDocument } from '@/engine';
import { registry } from '@/nodes/registry';
import { createCatalog } from '@/models';
import { createNodeFiles } from '@/models/files-node';
import { readPackage } from '@/models/packages';

const catalog = createCatalog([await readPackage(createNodeFiles('tests/fixtures'), 'tiny')]);
type Nodes = Record<string, readonly [type: string, params?: Record<string, unknown>]>;

function inferred(nodes: Nodes, wires: readonly string[]) {
  const all: Nodes = { package: ['model/package', { package: 'tiny' }], ...nodes };
  const end = (text: string) => ({ node: text.split('.')[0], port: text.split('.')[1] });
  const { document } = parseDocument({
    format: 'latent-loom',
    version: 1,
    nodes: Object.fromEntries(Object.entries(all).map(([id, [type, params = {}]]) => [id, { type, params }])),
    edges: Object.fromEntries(
      wires.map((wire, index) => {
        const [from = '', to = ''] = wire.split(' > ');
        return [`w${index}`, { from: end(from), to: end(to) }];
      }),
    ),
  });
  return infer({ document, registry, catalog });
}
const sizeOf = (inference: ReturnType<typeof inferred>, node: string, port: string) => {
  const { height, width } = inference.portType(node, 'out', port)?.fields ?? {};
  return [height, width];
};

describe('sizes', () => {
  it.each([
    ['latent/noise', 'noise', {}, [8, 8]],
    ['latent/noise', 'noise', { width: 128 }, [8, 16]],
    ['latent/empty', 'latent', { height: 64, width: 96 }, [8, 12]],
  ] as const)('of %s %s %j are %j cells', (type, port, params, size) => {
    const found = inferred({ n: [type, params] }, ['package.unet > n.unet']);
    expect(found.diagnostics).toEqual([]);
    expect(sizeOf(found, 'n', port)).toEqual(size);
  });

  it.each([
    ['latent/resize', { height: 128, width: 64 }, [16, 8]],
    ['latent/crop', { height: 16, width: 32 }, [2, 4]],
    ['latent/pad', { left: 8, right: 16, top: 0, bottom: 0 }, [8, 11]],
    ['latent/pad', {}, [8, 8]],
    ['latent/rotate', { turn: '90' }, [8, 16]],
    ['latent/rotate', { turn: '180' }, [16, 8]],
  ] as const)('after %s %j', (type, params, size) => {
    const start = type === 'latent/rotate' ? { height: 128, width: 64 } : {};
    const found = inferred({ e: ['latent/empty', start], n: [type, params] }, [
      'package.unet > e.unet',
      'e.latent > n.latent',
    ]);
    expect(found.diagnostics).toEqual([]);
    expect(sizeOf(found, 'n', 'latent')).toEqual(size);
  });

  it('of a padded picture and its mask follow from the picture', () => {
    const found = inferred(
      {
        e: ['latent/empty'],
        d: ['first-stage/decode'],
        p: ['image/pad', { left: 24, bottom: 8 }],
      },
      [
        'package.unet > e.unet',
        'package.firstStage > d.firstStage',
        'e.latent > d.latent',
        'd.image > p.image',
      ],
    );
    expect(sizeOf(found, 'p', 'padded')).toEqual([72, 88]);
    expect(sizeOf(found, 'p', 'mask')).toEqual([72, 88]);
  });

  it('in pixels that are no whole cells are refused, with the nearest that are', () => {
    const [found] = inferred({ n: ['latent/noise', { width: 250 }] }, ['package.unet > n.unet']).diagnostics;
    expect(found).toMatchObject({
      code: 'invalid-param',
      node: 'n',
      path: 'width',
      got: '250',
      want: 'a multiple of 8',
      message:
        'The parameter width of “Noise” (n) cannot be used: 250 is given, but a multiple of 8 is wanted.',
    });
    expect(found?.mends[0]).toEqual({ kind: 'set-param', node: 'n', param: 'width', value: 248 });
  });
});
