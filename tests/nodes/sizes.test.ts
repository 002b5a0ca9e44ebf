/** Sizes are known while connecting, from a package's own size and from sizes in pixels, before anything runs. */
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { infer, fixesFor, parseDocument } from '@/engine';
import { registry } from '@/nodes/registry';
import { createCatalog } from '@/models';
import { createNodeFiles } from '@/models/files-node';
import { installedOf, readPackage } from '@/models/packages';

const tiny = await readPackage(createNodeFiles('tests/fixtures'), 'tiny');
const catalog = createCatalog([tiny]);
/** The same package, were its graphs of one size. */
const { manifest } = tiny;
const oneSize = createCatalog([
  installedOf({ ...manifest, latent: { ...manifest.latent, only: { height: 8, width: 8 } } }, tiny.hash),
]);
type Nodes = Record<string, readonly [type: string, params?: Record<string, unknown>]>;

function inferred(nodes: Nodes, connections: readonly string[], packages = catalog) {
  const all: Nodes = { package: ['model/package', { package: 'tiny' }], ...nodes };
  const end = (text: string) => ({ node: text.split('.')[0], port: text.split('.')[1] });
  const { document } = parseDocument({
    format: 'latent-loom',
    version: 1,
    nodes: Object.fromEntries(Object.entries(all).map(([id, [type, params = {}]]) => [id, { type, params }])),
    edges: Object.fromEntries(
      connections.map((connection, index) => {
        const [from = '', to = ''] = connection.split(' > ');
        return [`w${index}`, { from: end(from), to: end(to) }];
      }),
    ),
  });
  return infer({ document, registry, catalog: packages });
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
    const inference = inferred({ n: ['latent/noise', { width: 250 }] }, ['package.unet > n.unet']);
    const [found] = inference.diagnostics;
    expect(found).toMatchObject({
      code: 'invalid-param',
      node: 'n',
      path: 'width',
      got: '250',
      want: 'a multiple of 8',
      message:
        'The parameter width of “Noise” (n) cannot be used: 250 is given, but a multiple of 8 is wanted.',
    });
    expect(found && fixesFor(found, inference)[0]).toEqual({
      kind: 'set-param',
      node: 'n',
      param: 'width',
      value: 248,
    });
  });
});

describe('a package whose graphs take one size', () => {
  const noise = (params: Record<string, unknown>) =>
    inferred({ n: ['latent/noise', params] }, ['package.unet > n.unet'], oneSize);
  it('takes it, given or left to the package', () => {
    expect(noise({}).diagnostics).toEqual([]);
    expect(noise({ height: 64, width: 64 }).diagnostics).toEqual([]);
  });
  it('refuses noise of another, naming the parameter; the fix gives the size back', () => {
    const inference = noise({ height: 128, width: 64 });
    const found = inference.diagnostics;
    expect(found).toMatchObject([
      { code: 'invalid-param', node: 'n', path: 'height', got: '128', want: '64', severity: 'error' },
    ]);
    expect(found.flatMap((one) => fixesFor(one, inference))[0]).toEqual({
      kind: 'set-param',
      node: 'n',
      param: 'height',
      value: 0,
    });
  });
  it('refuses latents to decode and pictures to encode; the fixes bring them to its size', () => {
    const inference = inferred(
      {
        e: ['latent/empty', { height: 128, width: 128 }],
        d: ['first-stage/decode'],
        r: ['image/resize', { height: 128, width: 128 }],
        back: ['first-stage/encode'],
      },
      [
        'package.unet > e.unet',
        'package.firstStage > d.firstStage',
        'e.latent > d.latent',
        'd.image > r.image',
        'package.firstStage > back.firstStage',
        'r.resized > back.image',
      ],
      oneSize,
    );
    const found = inference.diagnostics;
    expect(found).toMatchObject([
      { code: 'type-mismatch', node: 'd', port: 'latent', path: 'height', got: '16', want: '8' },
      { code: 'type-mismatch', node: 'back', port: 'image', path: 'height', got: '128', want: '64' },
    ]);
    const resizes = found.map((one) =>
      fixesFor(one, inference).flatMap((fix) =>
        fix.kind === 'insert'
          ? fix.chain.flatMap(({ type, params }) =>
              type.endsWith('/resize') ? [{ type, width: params['width'], height: params['height'] }] : [],
            )
          : [],
      ),
    );
    expect(resizes).toEqual([
      [{ type: 'latent/resize', width: 64, height: 64 }],
      [{ type: 'image/resize', width: 64, height: 64 }],
    ]);
  });
  it('says nothing of packages that take many', () => {
    const found = inferred({ n: ['latent/noise', { height: 128 }] }, ['package.unet > n.unet']);
    expect(found.diagnostics).toEqual([]);
  });
});

describe('a picture that the document carries', () => {
  const file = async (width: number, height: number) => {
    const bytes = await sharp({ create: { width, height, channels: 3, background: '#123' } })
      .png()
      .toBuffer();
    return `data:image/png;base64,${bytes.toString('base64')}`;
  };
  const encoded = (source: string | null) =>
    inferred({ file: ['image/load', { source }], e: ['first-stage/encode'] }, [
      'package.firstStage > e.firstStage',
      'file.image > e.image',
    ]);

  it('says its size, and so what it is encoded to', async () => {
    const found = encoded(await file(48, 32));
    expect(found.diagnostics).toEqual([]);
    expect(sizeOf(found, 'file', 'image')).toEqual([32, 48]);
    expect(sizeOf(found, 'file', 'mask')).toEqual([32, 48]);
    expect(sizeOf(found, 'e', 'latent')).toEqual([4, 6]);
  });
  it('of a size that is not encoded is refused while wiring; the fixes cut it or bring it to one', async () => {
    const found = encoded(await file(50, 33));
    expect(found.diagnostics).toMatchObject([
      { code: 'type-mismatch', node: 'e', port: 'image', path: 'height', got: '33', want: 'a multiple of 8' },
    ]);
    const chains = found.diagnostics.flatMap((one) =>
      fixesFor(one, found).flatMap((fix) => (fix.kind === 'insert' ? [fix.chain] : [])),
    );
    for (const type of ['image/crop', 'image/resize'])
      expect(chains).toContainEqual([
        expect.objectContaining({ type, params: expect.objectContaining({ width: 48, height: 32 }) }),
      ]);
  });
  it('that is none yet, or stands elsewhere, is taken: only the run tells', () => {
    expect(encoded(null).diagnostics).toEqual([]);
    expect(encoded('f'.repeat(64)).diagnostics).toEqual([]);
  });
  it('is not cut where it is too small to: neither by hand nor by a mend', async () => {
    const cut = inferred(
      {
        file: ['image/load', { source: await file(50, 33) }],
        c: ['image/crop', { y: 2, height: 32, width: 50 }],
      },
      ['file.image > c.image'],
    );
    expect(cut.diagnostics).toMatchObject([
      { code: 'type-mismatch', node: 'c', port: 'image', path: 'height', got: '33', want: 'at least 34' },
    ]);
    const small = encoded(await file(5, 5));
    const types = small.diagnostics.flatMap((one) =>
      fixesFor(one, small).flatMap((fix) => (fix.kind === 'insert' ? fix.chain.map(({ type }) => type) : [])),
    );
    expect(types).toContain('image/resize');
    expect(types).not.toContain('image/crop');
  });
});
