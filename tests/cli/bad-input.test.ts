/** What people feed a graph by mistake, through the command line: said in words, at the node that it concerns. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deflateSync } from 'node:zlib';
import sharp from 'sharp';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { codec } from '@/app/_cli/codec';
import { main } from '@/app/_cli/main';
import { crc32 } from '@/app/_formats/crc32';

let folder = '';
beforeAll(() => (folder = mkdtempSync(join(tmpdir(), 'loom-bad-'))));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
afterEach(() => vi.restoreAllMocks());

async function loom(...args: string[]) {
  const lines: string[] = [];
  const keep = (...parts: unknown[]) => void lines.push(parts.join(' '));
  vi.spyOn(console, 'log').mockImplementation(keep);
  vi.spyOn(console, 'error').mockImplementation(keep);
  const code = await main(['node', 'loom', ...args, '--models', 'tests/fixtures']);
  return { code, text: lines.join('\n') };
}

type Graph = {
  nodes: Record<string, { type: string; version?: number; params: Record<string, unknown> }>;
  edges: Record<string, { from: { node: string; port: string }; to: { node: string; port: string } }>;
};

/** *Image to image* on the tiny package (64 × 64), changed. */
function imageToImage(change: (graph: Graph) => void = () => {}): string {
  const graph = JSON.parse(readFileSync('public/templates/image-to-image.json', 'utf8')) as Graph;
  for (const { params } of Object.values(graph.nodes)) {
    if ('package' in params) params.package = 'tiny';
    // Half of two steps: the picture plays its part.
    if ('steps' in params) Object.assign(params, { steps: 2, strength: 0.5 });
    if ('fit' in params) Object.assign(params, { width: 64, height: 64 });
  }
  change(graph);
  const file = join(folder, 'graph.json');
  writeFileSync(file, JSON.stringify(graph));
  return file;
}

const url = (bytes: Uint8Array, mime = 'image/png') =>
  `data:${mime};base64,${Buffer.from(bytes).toString('base64')}`;
const plain = (width: number, height: number) =>
  sharp({ create: { width, height, channels: 3, background: '#4080c0' } })
    .png()
    .toBuffer();
/** A PNG that claims to be so large: its header is all that may be read. */
function claimed(side: number): Buffer {
  const chunk = (type: string, data: Buffer) => {
    const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
    const ends = Buffer.alloc(8);
    ends.writeUInt32BE(data.length, 0);
    ends.writeUInt32BE(crc32(body), 4);
    return Buffer.concat([ends.subarray(0, 4), body, ends.subarray(4)]);
  };
  const header = Buffer.alloc(13);
  header.writeUInt32BE(side, 0);
  header.writeUInt32BE(side, 4);
  header.set([8, 2], 8);
  return Buffer.concat([
    Buffer.from('89504e470d0a1a0a', 'hex'),
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(Buffer.alloc(64))),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}
const withPicture = (source: string, change: (graph: Graph) => void = () => {}) =>
  imageToImage((graph) => {
    const node = graph.nodes['picture'];
    if (!node) throw new Error('no picture in the template');
    node.params.source = source;
    change(graph);
  });
const run = (file: string) => loom('run', file, '--out', join(folder, 'out.png'));

describe('pictures', () => {
  it('of one pixel, and of 10,000 × 1, are taken in and brought to size', async () => {
    for (const [width, height] of [
      [1, 1],
      [10_000, 1],
    ] as const) {
      const { code, text } = await run(withPicture(url(await plain(width, height))));
      expect(text).toBe('');
      expect(code).toBe(0);
      expect(await sharp(join(folder, 'out.png')).metadata()).toMatchObject({ width: 64, height: 64 });
    }
  });

  it('of one pixel, encoded as it is, are refused with the numbers, as a wire that does not fit', async () => {
    const file = withPicture(url(await plain(1, 1)), ({ edges }) => {
      for (const edge of Object.values(edges))
        if (edge.to.node === 'encode' && edge.to.port === 'image')
          edge.from = { node: 'picture', port: 'image' };
    });
    const { code, text } = await run(file);
    // The header in the document says the size, so it is refused before anything runs.
    expect(text).toMatch(
      /^\s*error encode\.image type-mismatch: The output image of “Load image” .* its height is 1, but a multiple of 8 is wanted/m,
    );
    expect(code).toBe(1);
  });

  it.each([10_000, 20_000])(
    'of %i × as many are refused by their header, before they are unpacked',
    async (side) => {
      const { code, text } = await run(withPicture(url(claimed(side))));
      expect(text).toContain(
        `error too-large (node picture, path source): The picture has ${side}×${side} pixels; at most 16777216`,
      );
      expect(text).toContain('Make it smaller before loading it.');
      expect(code).toBe(1);
    },
  );

  it('that are none are refused', async () => {
    const { code, text } = await run(withPicture(url(Buffer.from('no picture at all'), 'image/jpeg')));
    expect(text).toContain(
      'error bad-input (node picture): The file is not a picture that can be read (PNG, JPEG, WebP, AVIF, GIF, BMP or TIFF).',
    );
    expect(code).toBe(1);
  });

  it('are turned upright by their EXIF orientation, from PNG, JPEG and WebP', async () => {
    // Left half red, right half blue; orientation 6 = turn clockwise to be upright: red on top.
    const raw = Buffer.from(
      Array.from({ length: 16 * 8 }, (_, i) => (i % 16 < 8 ? [255, 0, 0] : [0, 0, 255])).flat(),
    );
    const image = sharp(raw, { raw: { width: 16, height: 8, channels: 3 } }).withMetadata({ orientation: 6 });
    for (const bytes of [
      await image.clone().jpeg({ quality: 100, chromaSubsampling: '4:4:4' }).toBuffer(),
      await image.clone().webp({ lossless: true }).toBuffer(),
      await image.clone().png().toBuffer(),
    ]) {
      const { width, height, rgba } = await codec.decode(new Uint8Array(bytes));
      expect([width, height]).toEqual([8, 16]);
      const [top, bottom] = [rgba.subarray(0, 3), rgba.subarray(15 * 8 * 4, 15 * 8 * 4 + 3)];
      expect(top[0]).toBeGreaterThan(200);
      expect(top[2]).toBeLessThan(60);
      expect(bottom[0]).toBeLessThan(60);
      expect(bottom[2]).toBeGreaterThan(200);
    }
  });
});

/** A safetensors file of one float32 latent [1, 4, 8, 8] with `value` in one cell. */
function latentFile(value: number): string {
  const header = JSON.stringify({
    latent_tensor: { dtype: 'F32', shape: [1, 4, 8, 8], data_offsets: [0, 1024] },
  });
  const bytes = Buffer.alloc(8 + header.length + 1024);
  bytes.writeBigUInt64LE(BigInt(header.length));
  bytes.write(header, 8);
  bytes.writeFloatLE(value, 8 + header.length + 4 * 77);
  return url(bytes, 'application/octet-stream');
}

describe('a latent', () => {
  const graph = (value: number) =>
    imageToImage((whole) => {
      whole.nodes['encode'] = { type: 'latent/load', version: 1, params: { source: latentFile(value) } };
      for (const [id, { to }] of Object.entries(whole.edges))
        if (to.node === 'encode' && to.port === 'image') delete whole.edges[id];
    });
  it('with NaN in one cell is refused in the name of the node that made it', async () => {
    const { code, text } = await run(graph(Number.NaN));
    expect(text).toMatch(/^error not-a-number: “Load latent” \(encode\) made values that are not numbers/m);
    expect(code).toBe(1);
  });
  it('of numbers runs', async () => {
    expect(await run(graph(1))).toEqual({ code: 0, text: '' });
  });
});

describe('prompts and seeds', () => {
  it('a prompt that is too long is refused with what does not fit, and cut only when told to', async () => {
    const text = `${'happy '.repeat(32)}zebra`;
    const refused = await loom(
      'run',
      imageToImage(),
      '--set',
      `prompt.text=${text}`,
      '--out',
      join(folder, 'p.png'),
    );
    expect(refused.text).toMatch(
      /^error bad-input \(node prompt, path text\): The prompt is too long: the encoder takes 32 tokens, and "zebra" does not fit\./m,
    );
    expect(refused.code).toBe(1);
    const cut = await loom(
      'run',
      imageToImage(),
      '--set',
      `prompt.text=${text}`,
      '--set',
      'prompt.tooLong=cut',
      '--out',
      join(folder, 'p.png'),
    );
    expect(cut).toEqual({ code: 0, text: '' });
  });
  it('the seed 2⁶⁴ − 1 draws; 2⁶⁴ is refused by name', async () => {
    const at = (seed: string) =>
      loom('run', imageToImage(), '--set', `noise.seed=${seed}`, '--out', join(folder, 's.png'));
    expect(await at('18446744073709551615')).toEqual({ code: 0, text: '' });
    const { code, text } = await at('18446744073709551616');
    expect(text).toContain('noise.seed');
    expect(text).toContain('A seed is at most 18446744073709551615.');
    expect(code).toBe(1);
  });
});

describe('sizes that a package does not take', () => {
  it('are refused by `validate`, before anything runs, with the size that it takes', async () => {
    const graph = JSON.parse(readFileSync('public/templates/text-to-image.json', 'utf8')) as Graph;
    const noise = graph.nodes['noise'];
    if (!noise) throw new Error('no noise in the template');
    Object.assign(noise.params, { width: 500, height: 512 });
    const file = join(folder, 'odd.json');
    writeFileSync(file, JSON.stringify(graph));
    const lines: string[] = [];
    vi.spyOn(console, 'log').mockImplementation((...parts) => void lines.push(parts.join(' ')));
    expect(await main(['node', 'loom', 'validate', file])).toBe(1);
    expect(lines).toEqual([
      'error noise.width invalid-param: The parameter width of “Noise” (noise) cannot be used: 500 is given, but a multiple of 32 is wanted.',
      '  fix: Set width of “Noise” (noise) to 512',
      '  fix: Set width of “Noise” (noise) to 0',
    ]);
  });
});
