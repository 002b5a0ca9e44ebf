/** The six edges that no other editor refuses: `loom validate` names the reason, and its fix gives a graph without errors. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { produce } from 'immer';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { main } from '@/app/_cli/main';
import { installed } from '@/app/_cli/packages';
import { applyFix, checkConnection, infer, fixesFor, parseDocument, type LoomDocument } from '@/engine';
import { registry } from '@/nodes/registry';

const fixtures = 'tests/fixtures/refused';
const models = `${fixtures}/packages`;
let folder = '';
beforeAll(() => (folder = mkdtempSync(join(tmpdir(), 'loom-refused-'))));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
afterEach(() => vi.restoreAllMocks());

/** Runs one command; what it printed on standard output, and its exit code. */
async function loom(...args: string[]) {
  const lines: string[] = [];
  vi.spyOn(console, 'log').mockImplementation((...parts) => void lines.push(parts.join(' ')));
  vi.spyOn(console, 'error').mockImplementation(() => undefined);
  const code = await main(['node', 'loom', ...args, '--models', models]);
  return { code, lines };
}

const cases = [
  {
    file: 'vq-latent-into-kl-unet',
    // A sampling that begins half-way needs a latent: taking its wire away mends nothing.
    removable: false,
    edge: 'sampler-latent',
    reason:
      'error sampler.latent type-mismatch: The output latent of “Encode” (encode) does not fit input latent of “Sampler” (sampler): its latent space is loom-vq-f8, but loom-kl-f8 is wanted.',
    fixes: [
      '  fix: Insert Decode → Encode',
      '  fix: Insert Decode → Encode for inpainting',
      '  fix: Insert Mask for a latent → Encode for inpainting',
      '  fix: Take it from “Model package” (package)',
    ],
  },
  {
    file: 'latent-of-another-package',
    // A sampling that begins half-way needs a latent: taking its wire away mends nothing.
    removable: false,
    edge: 'sampler-latent',
    reason:
      'error sampler.latent type-mismatch: The output latent of “Encode” (encode) does not fit input latent of “Sampler” (sampler): its latent space is twin, but loom-kl-f8 is wanted.',
    fixes: [
      '  fix: Insert Decode → Encode',
      '  fix: Insert Decode → Encode for inpainting',
      '  fix: Insert Mask for a latent → Encode for inpainting',
      '  fix: Take it from “Model package” (package)',
    ],
  },
  {
    file: 'image-256-into-mask-250',
    removable: true,
    edge: 'composite-mask',
    reason:
      'error composite.mask type-mismatch: The output mask of “Rectangle mask” (mask) does not fit input mask of “Composite images” (composite): its height is 250, but 256 is wanted.',
    fixes: [
      '  fix: Insert Crop mask',
      '  fix: Take it from “Resize image” (large)',
      '  fix: Take it from “Resize image” (other)',
    ],
  },
  {
    file: 'text-into-class-only-unet',
    removable: true,
    edge: 'unet-positive',
    reason:
      'error unet.positive type-mismatch: The output conditioning of “Text prompt” (prompt) does not fit input positive of “U-Net” (unet): its conditioning is text, but at most class is wanted.',
    fixes: [
      '  fix: Insert Average prompts',
      '  fix: Insert Join prompts',
      '  fix: Replace “Text prompt” (prompt) by Class label',
      '  fix: Take it from “Class label” (label)',
    ],
  },
  {
    file: 'map-of-other-labels',
    removable: true,
    edge: 'map-map',
    reason:
      'error map.map type-mismatch: The output map of “Semantic map” (painter) does not fit input map of “Map condition” (map): its set of map labels is street-3, but loom-parts-10 is wanted.',
    fixes: ['  fix: Take it from “Model package” (package)'],
  },
  {
    file: 'cycle',
    // A sampling that begins half-way needs a latent: taking its wire away mends nothing.
    removable: false,
    edge: 'sampler-latent',
    reason:
      "error sampler.latent cycle: The wire from “Scale latent” (soften) to “Sampler” (sampler) closes a circle: each would need the other's result first.",
    fixes: ['  fix: Take it from “Empty latent” (empty)'],
  },
] as const;

describe.each(cases)('$file', ({ file, edge, reason, fixes, removable }) => {
  const path = `${fixtures}/${file}.json`;
  const document = (): LoomDocument => parseDocument(readFileSync(path, 'utf8')).document;

  it('is refused with the reason and its fixes, exit code 1', async () => {
    const { code, lines } = await loom('validate', path);
    expect(lines).toEqual([reason, ...fixes, ...(removable ? ['  fix: Remove the wire'] : [])]);
    expect(code).toBe(1);
  });

  it('fixed by `--fix`, is a graph without errors', async () => {
    const out = join(folder, `${file}.json`);
    expect((await loom('validate', path, '--fix', out)).code).toBe(0);
    expect(await loom('validate', out)).toEqual({ code: 0, lines: [] });
  });

  it('every fix that is offered works', async () => {
    const { catalog } = await installed(models);
    const read = (at: LoomDocument) => infer({ document: at, registry, catalog });
    const before = read(document());
    const offered = before.diagnostics.flatMap((found) => fixesFor(found, before));
    expect(offered).toHaveLength(fixes.length + (removable ? 1 : 0));
    for (const fix of offered) {
      const after = produce(document(), (draft: LoomDocument) => {
        applyFix(draft, fix, registry);
      });
      // An edge taken away may leave its input wanting one; here all are optional or filled otherwise.
      const left = read(after).diagnostics.filter(
        ({ code }) => fix.kind !== 'remove-edge' || code !== 'missing-input',
      );
      expect({ fix, left }).toEqual({ fix, left: [] });
    }
  });

  it('is refused in the hand for the same reason', async () => {
    const { catalog } = await installed(models);
    const whole = document();
    const connection = whole.edges[edge];
    if (!connection) throw new Error(`no wire ${edge}`);
    delete whole.edges[edge];
    const check = checkConnection(
      infer({ document: whole, registry, catalog }),
      connection.from,
      connection.to,
    );
    if (check.ok) throw new Error('the wire was taken');
    expect(reason).toContain(check.diagnostic.message);
    expect(reason).toContain(` ${check.diagnostic.code}: `);
  });
});
