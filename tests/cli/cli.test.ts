import { cpSync, mkdtempSync, readFileSync, readdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { main } from '@/app/_cli/main';
import { extractGraph } from '@/app/_formats/png/png';

const fixtures = 'tests/fixtures';
let folder = '';
beforeAll(() => (folder = mkdtempSync(join(tmpdir(), 'loom-cli-'))));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
afterEach(() => vi.restoreAllMocks());

/** Runs one command; what it printed and its exit code. */
async function loom(...args: string[]) {
  const lines: string[] = [];
  const keep = (...parts: unknown[]) => void lines.push(parts.join(' '));
  vi.spyOn(console, 'log').mockImplementation(keep);
  vi.spyOn(console, 'error').mockImplementation(keep);
  const code = await main(['node', 'loom', ...args]);
  return { code, text: lines.join('\n') };
}

type Graph = {
  nodes: Record<string, { type: string; params: Record<string, unknown> }>;
  edges: Record<string, unknown>;
};

/** *Text to image* on the tiny package, changed and saved in the test's folder. */
function graph(name: string, change: (document: Graph) => void = () => {}): string {
  const document = JSON.parse(readFileSync('public/templates/text-to-image.json', 'utf8')) as Graph;
  for (const node of Object.values(document.nodes)) {
    if ('package' in node.params) node.params.package = 'tiny';
    if ('class' in node.params) node.params.class = '';
    if ('steps' in node.params) node.params.steps = 2;
  }
  change(document);
  const file = join(folder, `${name}.json`);
  writeFileSync(file, JSON.stringify(document));
  return file;
}

/** A copy of the tiny package, harmed. */
function harmed(name: string, harm: (package_: string) => void): string {
  const models = join(folder, name);
  cpSync(`${fixtures}/tiny`, `${models}/tiny`, { recursive: true });
  harm(`${models}/tiny`);
  return models;
}

const weights = (package_: string) => {
  const file = readdirSync(package_).find(
    (entry) => entry.startsWith('unet') && entry.endsWith('.safetensors'),
  );
  if (file === undefined) throw new Error('The tiny package has no U-Net weights.');
  return join(package_, file);
};

describe('loom validate', () => {
  it.each(readdirSync('public/templates').filter((file) => file.endsWith('.json') && file !== 'index.json'))(
    'finds no error in the template %s',
    async (template) => {
      const { code, text } = await loom('validate', `public/templates/${template}`);
      expect(text).not.toMatch(/^error/m);
      expect(code).toBe(0);
    },
  );

  it('names a node type that this version lacks: of our own or of a pack; exits 1', async () => {
    const own = graph('own', (d) => (d.nodes.extra = { type: 'image/nothing', params: {} }));
    expect((await loom('validate', own, '--models', fixtures)).text).toMatch(
      /^error extra unknown-node: .*image\/nothing/m,
    );
    const file = graph(
      'unknown',
      (d) => (d.nodes.extra = { type: 'acme/magic', params: { keep: [1, 'x'] } }),
    );
    const { code, text } = await loom('validate', file, '--models', fixtures);
    expect(code).toBe(1);
    expect(text).toMatch(/^error extra pack-missing: .*acme\/magic/m);
  });

  it('names both ends of a wire of the wrong type and exits 1', async () => {
    const file = graph('wrong', (d) => {
      const [id] =
        Object.entries(d.edges).find(([, edge]) => (edge as { to: { node: string } }).to.node === 'image') ??
        [];
      if (id) (d.edges[id] as { from: unknown }).from = { node: 'sampler', port: 'latent' };
    });
    const { code, text } = await loom('validate', file, '--models', fixtures);
    expect(code).toBe(1);
    expect(text).toMatch(/^error image\.image type-mismatch: /m);
  });

  it('prints the diagnostics as JSON with --json', async () => {
    const file = graph('json', (d) => (d.nodes.extra = { type: 'acme/magic', params: {} }));
    const { text } = await loom('validate', file, '--json', '--models', fixtures);
    expect(JSON.parse(text)).toMatchObject([{ code: 'pack-missing', node: 'extra', severity: 'error' }]);
  });

  it('says what is wrong with a file that is no graph', async () => {
    const file = join(folder, 'broken.json');
    writeFileSync(file, '{"format":"latent-loom","version":1,');
    const { code, text } = await loom('validate', file);
    expect(code).toBe(1);
    expect(text).toContain('invalid-document');
    expect(text).toContain('broken.json');
  });
});

describe('loom run', () => {
  it('draws the same picture for the same seed, another for another, and puts the graph inside', async () => {
    const file = graph('run');
    const out = (name: string) => join(folder, `${name}.png`);
    for (const [name, seed] of [
      ['a', '7'],
      ['b', '7'],
      ['c', '18446744073709551615'],
    ] as const) {
      const { code, text } = await loom(
        'run',
        file,
        '--models',
        fixtures,
        '--seed',
        seed,
        '--out',
        out(name),
      );
      expect(text).toBe('');
      expect(code).toBe(0);
    }
    expect(readFileSync(out('a')).equals(readFileSync(out('b')))).toBe(true);
    expect(readFileSync(out('a')).equals(readFileSync(out('c')))).toBe(false);
    const inside = extractGraph(new Uint8Array(readFileSync(out('c'))));
    expect(inside?.origin.seed).toBe('18446744073709551615');
    expect(Object.keys(inside?.document.nodes ?? {})).toEqual(
      Object.keys((JSON.parse(readFileSync(file, 'utf8')) as Graph).nodes).toSorted(),
    );
    // The picture is a graph too: drawn again from itself, it is the same.
    await loom('run', out('c'), '--models', fixtures, '--out', out('d'));
    expect(readFileSync(out('d')).equals(readFileSync(out('c')))).toBe(true);
  });

  it('writes what saving nodes make beside the picture, each under a name of its own', async () => {
    const save = (name: string) => ({ type: 'latent/save', params: { name } });
    const file = graph('saving', (d) => {
      d.nodes.save = save('kept');
      d.nodes.again = save('kept');
      for (const node of ['save', 'again'])
        d.edges[node] = { from: { node: 'sampler', port: 'latent' }, to: { node, port: 'latent' } };
    });
    const out = join(folder, 'saved', 'picture.png');
    const { code, text } = await loom('run', file, '--models', fixtures, '--out', out);
    expect(text).toBe('');
    expect(code).toBe(0);
    const names = readdirSync(join(folder, 'saved')).toSorted();
    expect(names).toEqual(['kept-2.safetensors', 'kept.safetensors', 'picture.png']);
    const [one, two] = names.slice(0, 2).map((name) => readFileSync(join(folder, 'saved', name)));
    expect(one?.byteLength).toBeGreaterThan(4 * 4 * 8 * 8);
    expect(one?.equals(two ?? Buffer.of())).toBe(true);
  });

  it('leaves the graph out with --no-metadata', async () => {
    const out = join(folder, 'bare.png');
    await loom('run', graph('bare'), '--models', fixtures, '--no-metadata', '--out', out);
    expect(extractGraph(new Uint8Array(readFileSync(out)))).toBeUndefined();
  });

  it.each([
    ['nowhere.text=x', /no node "nowhere"/],
    ['prompt.colour=x', /no parameter "colour"/],
    ['sampler.steps=-3', /sampler\.steps/],
    ['prompt', /NODE\.PARAM=VALUE/],
  ])('refuses --set %s', async (assignment, message) => {
    const { code, text } = await loom(
      'run',
      graph('set'),
      '--models',
      fixtures,
      '--set',
      assignment,
      '--out',
      join(folder, 'never.png'),
    );
    expect(code).toBe(1);
    expect(text).toMatch(message);
  });

  it('names the package that is not there', async () => {
    const { code, text } = await loom(
      'run',
      graph('absent', (d) => (d.nodes.package = { type: 'model/package', params: { package: 'gone' } })),
      '--out',
      join(folder, 'never.png'),
    );
    expect(code).toBe(1);
    expect(text).toMatch(/package-missing.*“?gone/s);
  });

  it.each([
    [
      'a flipped byte',
      'file-damaged',
      (p: string) => {
        const file = weights(p);
        const bytes = readFileSync(file);
        bytes[bytes.length - 9] = (bytes[bytes.length - 9] ?? 0) ^ 1;
        writeFileSync(file, bytes);
      },
    ],
    ['a truncated file', 'file-truncated', (p: string) => truncateSync(weights(p), 1000)],
    ['a missing file', 'file-missing', (p: string) => rmSync(weights(p))],
    ['a broken manifest', 'package-invalid', (p: string) => writeFileSync(join(p, 'manifest.json'), '{')],
  ])('names the file for %s', async (name, errorCode, harm) => {
    const models = harmed(errorCode, harm);
    const { code, text } = await loom(
      'run',
      graph(name.replaceAll(' ', '-')),
      '--models',
      models,
      '--out',
      join(folder, 'never.png'),
    );
    expect(code).toBe(1);
    expect(text).toContain(errorCode);
    expect(text).toMatch(errorCode === 'package-invalid' ? /manifest\.json/ : /unet[^ ]*\.safetensors/);
  });
});

describe('loom inspect', () => {
  it('writes numbers and pictures of a latent', async () => {
    const out = join(folder, 'inspected');
    const { code } = await loom(
      'inspect',
      graph('inspect'),
      '--models',
      fixtures,
      '--node',
      'sampler',
      '--port',
      'latent',
      '--out',
      out,
    );
    expect(code).toBe(0);
    const files = readdirSync(out);
    expect(files).toEqual(
      expect.arrayContaining(['sampler.latent.npy', 'sampler.latent.safetensors', 'sampler.latent.rgb.png']),
    );
    expect(
      new TextDecoder('latin1').decode(readFileSync(join(out, 'sampler.latent.npy')).subarray(1, 6)),
    ).toBe('NUMPY');
  });
});

describe('loom nodes', () => {
  it('lists every node with its ports, as JSON with parameter schemas', async () => {
    const { text } = await loom('nodes', '--json');
    const nodes = JSON.parse(text) as { id: string; inputs: unknown[]; params: { properties?: object } }[];
    const sampler = nodes.find((node) => node.id === 'sampling/sampler');
    expect(sampler?.inputs).toEqual(
      expect.arrayContaining([expect.objectContaining({ name: 'denoiser', kind: 'denoiser' })]),
    );
    expect(sampler?.params.properties).toHaveProperty('steps');
  });

  it('exits 2 for a command that does not exist', async () => {
    vi.spyOn(process.stderr, 'write').mockReturnValue(true);
    expect((await loom('fly')).code).toBe(2);
  });
});
