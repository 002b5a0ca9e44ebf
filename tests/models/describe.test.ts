/** Folders that are refused, each with its own code, its file and a way on; nothing throws anything else. */
import fc from 'fast-check';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { LoomError } from '@/engine/types';
import { findPackages } from '@/models';
import { createFilesFolder } from '@/models/folder-browser';
import { createNodeFolder } from '@/models/folder-node';
import { weightedPieces } from '@/models/text/weights';
import { readSafetensorsHeader } from '@/models/weights/safetensors-header';

const signal = new AbortController().signal;
const folder = mkdtempSync(join(tmpdir(), 'loom-describe-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const exported = 'tests/fixtures/onnx/lcm';

/** A copy of an exported package, changed. */
function changed(name: string, change: (at: string) => void): string {
  const at = join(folder, name);
  cpSync(exported, at, { recursive: true });
  change(at);
  return at;
}
async function refusal(path: string): Promise<LoomError> {
  const [found] = await findPackages(createNodeFolder(path), signal).catch((thrown: unknown) => {
    if (thrown instanceof LoomError) return [{ path, error: thrown }];
    throw thrown;
  });
  if (found && 'error' in found) return found.error;
  throw new Error('it was taken');
}
const json = (file: string, change: (value: Record<string, unknown>) => void) => (at: string) => {
  const value = JSON.parse(readFileSync(join(at, file), 'utf8')) as Record<string, unknown>;
  change(value);
  writeFileSync(join(at, file), JSON.stringify(value));
};

describe('a folder that cannot be used', () => {
  it.each<readonly [string, string, string, (at: string) => void]>([
    [
      'another family',
      'unsupported-family',
      'model_index.json',
      json('model_index.json', (m) => (m['_class_name'] = 'FluxPipeline')),
    ],
    [
      'no U-Net',
      'package-incomplete',
      'unet/model.onnx',
      (at) => rmSync(join(at, 'unet'), { recursive: true }),
    ],
    [
      'no decoder',
      'package-incomplete',
      'vae_decoder/model.onnx',
      (at) => rmSync(join(at, 'vae_decoder'), { recursive: true }),
    ],
    [
      'a prediction that is not known',
      'package-invalid',
      'scheduler/scheduler_config.json',
      json('scheduler/scheduler_config.json', (m) => (m['prediction_type'] = 'flow')),
    ],
    [
      'JSON that is none',
      'package-invalid',
      'unet/config.json',
      (at) => writeFileSync(join(at, 'unet/config.json'), '{'),
    ],
    [
      'JSON beyond the limit',
      'too-large',
      'unet/config.json',
      (at) => writeFileSync(join(at, 'unet/config.json'), ' '.repeat(5 << 20)),
    ],
    [
      'a graph that is none',
      'package-invalid',
      'unet/model.onnx',
      (at) => writeFileSync(join(at, 'unet/model.onnx'), 'no graph at all'),
    ],
  ])('%s', async (name, code, file, change) => {
    const error = await refusal(changed(name.replaceAll(' ', '-'), change));
    expect(error).toMatchObject({ code, place: { file } });
  });

  it('pickles are never opened, and the way to export is said', async () => {
    const at = join(folder, 'pickle');
    mkdirSync(at);
    writeFileSync(join(at, 'model.ckpt'), 'PK');
    const error = await refusal(at);
    expect(error).toMatchObject({ code: 'needs-export', place: { file: 'model.ckpt' } });
    expect(error.extra.fix).toContain('optimum-cli export onnx');
  });

  it('an empty folder and one that is not there', async () => {
    const at = join(folder, 'empty');
    mkdirSync(at);
    expect(await refusal(at)).toMatchObject({ code: 'package-missing' });
    expect(await refusal(join(folder, 'nowhere'))).toMatchObject({ code: 'file-missing' });
  });

  it('weights outside the folder', async () => {
    const graph = readFileSync('tests/fixtures/onnx/sd15-fp16/unet/model.onnx');
    const from = Buffer.from('model.onnx_data');
    const at = join(folder, 'outside');
    cpSync('tests/fixtures/onnx/sd15-fp16', at, { recursive: true });
    for (let i = graph.indexOf(from); i !== -1; i = graph.indexOf(from, i)) graph.write('../../../secret', i);
    writeFileSync(join(at, 'unet/model.onnx'), graph);
    expect(await refusal(at)).toMatchObject({ code: 'package-invalid', place: { file: 'unet/model.onnx' } });
  });
});

it('dropped files are a folder: the same package, by the same hash', async () => {
  const disk = createNodeFolder(exported);
  const files = await disk.list(signal);
  const dropped = createFilesFolder(
    'lcm',
    files.map(({ path }) => ({
      path,
      file: new File([new Uint8Array(readFileSync(join(exported, path)))], path),
    })),
  );
  const [here] = await findPackages(disk, signal);
  const [there] = await findPackages(dropped, signal);
  if (!here || !there || !('known' in here) || !('known' in there)) throw new Error('not taken');
  expect(there.known.description.id).toBe(here.known.description.id);
});

it('100,000 generated safetensors headers are read or refused by a typed error', async () => {
  const entry = fc.record(
    {
      dtype: fc.constantFrom('F32', 'F16', 'BF16', 'I64', 'F99', 7),
      shape: fc.array(fc.oneof(fc.nat(64), fc.constantFrom(-1, 0.5, 2 ** 53, 1e300)), { maxLength: 5 }),
      data_offsets: fc.tuple(
        fc.oneof(fc.nat(400), fc.constantFrom(-8, 2 ** 53)),
        fc.oneof(fc.nat(400), fc.constant(1e18)),
      ),
    },
    { requiredKeys: [] },
  );
  const header = fc.dictionary(fc.string({ maxLength: 8 }), fc.oneof(entry, fc.jsonValue()), { maxKeys: 4 });
  let taken = 0;
  await fc.assert(
    fc.asyncProperty(header, fc.integer({ min: -20, max: 300 }), fc.nat(300), async (value, lie, data) => {
      const text = new TextEncoder().encode(JSON.stringify(value));
      const bytes = new Uint8Array(8 + text.length + data);
      new DataView(bytes.buffer).setBigUint64(
        0,
        BigInt(Math.max(0, text.length + (lie < 250 ? 0 : lie))),
        true,
      );
      bytes.set(text, 8);
      try {
        const { tensors } = await readSafetensorsHeader(bytes, 'x');
        taken += 1;
        for (const { offset, bytes: length } of tensors.values())
          expect(offset + length).toBeLessThanOrEqual(bytes.length);
      } catch (thrown) {
        if (!(thrown instanceof LoomError)) throw thrown;
      }
    }),
    { numRuns: 100_000 },
  );
  expect(taken).toBeGreaterThan(100);
}, 600_000);

describe('weights in prompts', () => {
  it.each([
    [
      'a (red:1.5) hat',
      [
        ['a ', 1],
        ['red', 1.5],
        [' hat', 1],
      ],
    ],
    [
      '((deep)) [flat]',
      [
        ['deep', 1.21],
        [' ', 1],
        ['flat', 0.909],
      ],
    ],
    [String.raw`\(plain\) 1:2`, [['(plain) 1:2', 1]]],
    [
      'open (end',
      [
        ['open ', 1],
        ['end', 1.1],
      ],
    ],
    ['shut) here', [['shut) here', 1]]],
    [
      '((a:2) b:0.5)',
      [
        ['a', 1],
        [' b', 0.5],
      ],
    ],
  ])('%s', (prompt, pieces) => {
    expect(weightedPieces(prompt).map(({ text, weight }) => [text, Number(weight.toFixed(3))])).toEqual(
      pieces,
    );
  });
});
