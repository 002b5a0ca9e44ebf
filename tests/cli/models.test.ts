/** `loom models`, and foreign models given to the other commands. */
import { cpSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { main } from '@/app/_cli/main';

const exported = 'tests/fixtures/onnx';
let folder = '';
beforeAll(() => (folder = mkdtempSync(join(tmpdir(), 'loom-models-'))));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
afterEach(() => vi.restoreAllMocks());

async function loom(...args: string[]) {
  const lines: string[] = [];
  const keep = (...parts: unknown[]) => void lines.push(parts.join(' '));
  vi.spyOn(console, 'log').mockImplementation(keep);
  vi.spyOn(console, 'error').mockImplementation(keep);
  const code = await main(['node', 'loom', ...args]);
  return { code, text: lines.join('\n') };
}
/** The id of the one model below `path`. */
const idOf = async (path: string, name: string): Promise<string> =>
  new RegExp(`folder:${name}#[0-9a-f]{12}`, 'u').exec((await loom('models', '--models', path)).text)?.[0] ??
  '';

/** *Unconditional* on another model. */
function graph(id: string): string {
  const document = JSON.parse(readFileSync('public/templates/unconditional.json', 'utf8')) as {
    nodes: Record<string, { params: Record<string, unknown> }>;
  };
  for (const { params } of Object.values(document.nodes)) {
    if ('package' in params) params.package = id;
    if ('steps' in params) params.steps = 1;
    for (const count of ['batch', 'count']) if (count in params) params[count] = 1;
    for (const side of ['width', 'height']) if (side in params) params[side] = 0;
  }
  const file = join(folder, 'graph.json');
  writeFileSync(file, JSON.stringify(document));
  return file;
}

describe('loom models', () => {
  it('lists a folder of packages beside the built-in ones', async () => {
    const { code, text } = await loom('models', '--models', exported);
    expect(code).toBe(0);
    expect(text).toMatch(/^loom-kl-f8 {2}/mu);
    expect(text).toMatch(/^folder:sdxl#[0-9a-f]{12} {2}Stable Diffusion XL {2}\(diffusers-onnx, /mu);
  });

  it('takes one package and one file, and says where each fact comes from', async () => {
    const one = await loom('models', 'folder:sdxl', '--models', `${exported}/sdxl`);
    expect(one.text).toContain('prediction: epsilon  [scheduler/scheduler_config.json]');
    const file = await loom('models', 'folder:sd15', '--models', 'tests/fixtures/foreign/sd15.safetensors');
    expect(file.text).toContain('scale: 0.18215  [table]');
  });

  it('describes as JSON', async () => {
    const { text } = await loom('models', 'folder:lcm', '--json', '--models', `${exported}/lcm`);
    expect(JSON.parse(text)).toMatchObject({
      models: [
        { layout: 'diffusers-onnx', unet: { guidance: 'embedded', recommended: { schedule: 'lcm' } } },
      ],
      failed: [],
    });
  });

  it('verifies files to their ends', async () => {
    const whole = await loom('models', 'folder:taesd', '--verify', '--models', `${exported}/taesd-vae`);
    expect(whole).toMatchObject({ code: 0 });
    const harmed = join(folder, 'harmed');
    cpSync('tests/fixtures/tiny', join(harmed, 'tiny'), { recursive: true });
    truncateSync(join(harmed, 'tiny/unet.safetensors'), 1000);
    const { code, text } = await loom('models', 'tiny', '--verify', '--models', harmed);
    expect(code).toBe(1);
    expect(text).toContain('broken tiny/unet.safetensors  file-truncated');
  });

  it('says what is not there as such', async () => {
    const { code, text } = await loom('models', '--models', join(folder, 'nowhere'));
    expect(code).toBe(1);
    expect(text).toMatch(/error file-missing/u);
  });
});

describe('a model of somebody else', () => {
  it('runs from --models, beside a folder that cannot be used', async () => {
    const models = join(folder, 'several');
    cpSync(`${exported}/ldm-uncond`, join(models, 'ldm-uncond'), { recursive: true });
    cpSync(`${exported}/lcm`, join(models, 'broken'), { recursive: true });
    truncateSync(join(models, 'broken/unet/model.onnx'), 100_000);
    const id = await idOf(models, 'ldm-uncond');
    const out = join(folder, 'drawn.png');
    const { code, text } = await loom('run', graph(id), '--models', models, '--out', out);
    expect(text).toBe('');
    expect(code).toBe(0);
    expect(readFileSync(out).byteLength).toBeGreaterThan(1000);
    expect((await loom('validate', graph(id), '--models', models)).code).toBe(0);
    const broken = await loom('run', graph('folder:broken#000000000000'), '--models', models, '--out', out);
    expect(broken.code).toBe(1);
    expect(broken.text).toMatch(/(?:file-truncated|package-invalid).*unet\/model\.onnx/su);
  });
});
