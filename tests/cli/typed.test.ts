/** Whatever is typed gets an answer in words: nothing is called internal but a fault of ours, and nothing hangs. */
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { copyPackages } from '@/app/_cli/copy-assets';
import { main } from '@/app/_cli/main';
import { writeWhole } from '@/app/_cli/system-files';

let folder = '';
const at = (name: string): string => join(folder, name);
beforeAll(async () => {
  const png = await sharp({ create: { width: 2, height: 2, channels: 3, background: '#c02020' } })
    .png()
    .toBuffer();
  graph.nodes.load.params.source = `data:image/png;base64,${png.toString('base64')}`;
  folder = mkdtempSync(join(tmpdir(), 'loom-typed-'));
  writeFileSync(at('graph.json'), JSON.stringify(graph));
  writeFileSync(at('a-file'), 'x');
  mkdirSync(at('a-folder'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));
afterEach(() => vi.restoreAllMocks());

const graph = {
  format: 'latent-loom',
  version: 1,
  nodes: {
    load: { type: 'image/load', version: 1, params: { source: '' } },
    image: { type: 'image/output', version: 1 },
  },
  edges: { e: { from: { node: 'load', port: 'image' }, to: { node: 'image', port: 'image' } } },
};

async function loom(...args: string[]) {
  const lines: string[] = [];
  const log = (...parts: unknown[]): void => void lines.push(parts.join(' '));
  vi.spyOn(console, 'log').mockImplementation(log);
  vi.spyOn(console, 'error').mockImplementation(log);
  vi.spyOn(process.stderr, 'write').mockImplementation(() => true);
  const code = await main(['node', 'loom', ...args]);
  return { code, text: lines.join('\n') };
}

describe('what is typed', () => {
  it.each([
    ['an empty name', ['--out', ''], /--out is empty/],
    ['a folder', ['--out', 'FOLDER/a-folder'], /is a folder/],
    ['a folder by its slash', ['--out', 'FOLDER/new/'], /is a folder/],
    ['a name under a file', ['--out', 'FOLDER/a-file/x.png'], /is a file|should be a folder/],
    ['another ending', ['--out', 'FOLDER/x.gif'], /ends with \.gif/],
    ['a name too long in bytes', ['--out', `FOLDER/${'é'.repeat(130)}.png`], /bytes; at most 255/],
    ['models that are not there', ['--models', 'FOLDER/nowhere'], /nowhere" is missing/],
    ['models that are a file', ['--models', 'FOLDER/a-file'], /There is no model in/],
    ['models of no name', ['--models', ''], /--models is empty/],
    ['a node called __proto__', ['--set', 'load.__proto__=x'], /no parameter "__proto__"/],
    ['a parameter called constructor', ['--set', 'load.constructor=x'], /no parameter "constructor"/],
    ['a parameter called toString', ['--set', 'load.toString=x'], /no parameter "toString"/],
    ['a node of a name that objects have', ['--set', 'toString.x=1'], /no node "toString"/],
    ['a picture that is not there', ['--set', 'load.source=@FOLDER/nowhere.png'], /it is not there/],
    ['a picture that is a folder', ['--set', 'load.source=@FOLDER/a-folder'], /is no file/],
    ['999 threads', ['--threads', '999999'], /--threads wants a whole number/],
    ['threads in words', ['--threads', 'many'], /--threads wants a whole number/],
    ['a target of a name that objects have', ['--node', 'valueOf'], /Nothing in this graph can run|no node/],
  ])('%s is answered in words', async (_what, args, message) => {
    const { code, text } = await loom(
      'run',
      at('graph.json'),
      ...args.map((arg) => arg.replace('FOLDER', folder)),
    );
    expect(text).toMatch(message);
    expect(text).not.toContain('internal');
    expect(code).toBe(1);
  });

  it.each([
    ['/dev/zero', /has more than 64 MiB/],
    ['FOLDER', /is a folder/],
    ['FOLDER/nowhere.json', /it is not there/],
    ['FOLDER/latin1.json', /neither a graph nor a picture/],
    ['FOLDER/twice.json', /Two things in this graph have the name/],
    ['FOLDER/model.onnx', /ONNX model/],
  ])('a graph from %s is refused as in the editor', async (file, message) => {
    writeFileSync(
      at('latin1.json'),
      Buffer.from('{"format":"latent-loom","version":1,"meta":{"title":"caf\xe9"}}', 'latin1'),
    );
    writeFileSync(
      at('twice.json'),
      '{"format":"latent-loom","version":1,"nodes":{"a":{"type":"x"},"a":{"type":"y"}}}',
    );
    writeFileSync(at('model.onnx'), Buffer.from('\x08\x07\x12\x07pytorch', 'latin1'));
    const { code, text } = await loom('validate', file.replace('FOLDER', folder));
    expect(text).toMatch(message);
    expect(text).not.toContain('internal');
    expect(code).toBe(1);
  });
});

describe('what is written', () => {
  it.each([
    ['x.jpg', 'jpeg'],
    ['x.webp', 'webp'],
    ['x.png', 'png'],
  ])('%s is a %s', async (name, format) => {
    expect((await loom('run', at('graph.json'), '--out', at(name))).code).toBe(0);
    expect(await sharp(at(name)).metadata()).toMatchObject({ format, width: 2, height: 2 });
  });

  it('what was asked for and did not run makes the exit code 1, and the rest is written', async () => {
    writeFileSync(
      at('half.json'),
      JSON.stringify({ ...graph, nodes: { ...graph.nodes, lonely: { type: 'latent/save', version: 1 } } }),
    );
    const { code, text } = await loom('run', at('half.json'), '--out', at('half.png'));
    expect(text).toContain('not run: lonely');
    expect(code).toBe(1);
    expect(existsSync(at('half.png'))).toBe(true);
  });

  it('a write that fails leaves the old file and nothing beside it', async () => {
    mkdirSync(at('whole'));
    writeFileSync(at('whole/old.png'), 'old');
    await writeWhole(at('whole/old.png'), 'new');
    expect(readFileSync(at('whole/old.png'), 'utf8')).toBe('new');
    // A folder stands where the file should go: the rename fails after the bytes were written.
    mkdirSync(at('whole/taken.png/inside'), { recursive: true });
    await expect(writeWhole(at('whole/taken.png'), 'x')).rejects.toMatchObject({ code: 'bad-output' });
    expect(readdirSync(at('whole')).toSorted()).toEqual(['old.png', 'taken.png']);
  });

  it('to /dev/null nothing is written elsewhere', async () => {
    expect((await loom('run', at('graph.json'), '--out', '/dev/null')).code).toBe(0);
    expect(existsSync('/dev/null.png')).toBe(false);
  });

  it('fixes never delete what was written', async () => {
    const text = 'word '.repeat(2_001);
    writeFileSync(
      at('long.json'),
      JSON.stringify({
        ...graph,
        nodes: { p: { type: 'conditioning/text', version: 1, params: { text } } },
        edges: {},
      }),
    );
    await loom('validate', at('long.json'), '--fix', at('fixed.json'));
    expect(JSON.parse(readFileSync(at('fixed.json'), 'utf8'))).toMatchObject({
      nodes: { p: { params: { text } } },
    });
  });
});

describe('packages that are copied for the page', () => {
  const manifest = (): Record<string, unknown> =>
    JSON.parse(readFileSync('models/loom-vq-f8/manifest.json', 'utf8')) as Record<string, unknown>;
  it.each([
    ['an id that leads out', { id: '../../x' }],
    ['a file that leads out', { files: { '../../x': { size: 1, sha256: '0'.repeat(64) } } }],
  ])('%s is left out, and nothing outside is touched', (_what, change) => {
    const [from, to] = [mkdtempSync(join(folder, 'from-')), mkdtempSync(join(folder, 'to-'))];
    mkdirSync(join(from, 'bad'));
    writeFileSync(join(from, 'bad/manifest.json'), JSON.stringify({ ...manifest(), ...change }));
    const said: string[] = [];
    expect(copyPackages([from], join(to, 'public/models'), (line) => said.push(line))).toEqual([]);
    expect(said).toHaveLength(1);
    expect(readdirSync(join(to, 'public/models'))).toEqual(['index.json']);
  });
  it('a symbolic link out of a package is not followed', () => {
    const [from, to] = [mkdtempSync(join(folder, 'from-')), mkdtempSync(join(folder, 'to-'))];
    mkdirSync(join(from, 'linked'));
    const whole = manifest();
    const files = Object.keys(whole['files'] as object);
    writeFileSync(join(from, 'linked/manifest.json'), JSON.stringify(whole));
    for (const file of files) symlinkSync('/etc/hostname', join(from, 'linked', file));
    const said: string[] = [];
    expect(copyPackages([from], join(to, 'models'), (line) => said.push(line))).toEqual([]);
    expect(said[0]).toContain('no file of its own');
  });
});
