/** Graphs of other tools at the door: in texts and in pictures. */
import { describe, expect, it } from 'vitest';
import sharp from 'sharp';
import { readIncoming, readIncomingFile } from '@/app/_formats/read-incoming';
import { embedComfy } from '@/app/_formats/png/comfy';
import { foreignTexts } from '@/app/_formats/png/png';
import { writePngTexts } from '@/app/_formats/png/png-text';
import { pngChunks, writePng } from '@/app/_formats/png/png-chunks';
import { openForeignText } from '@/app/_interop/open';
import { infer, LoomError } from '@/engine';
import { registry } from '@/nodes/registry';
import { fakeCatalog } from '../nodes/fake';
import { plainPrompt, workflows } from './comfy-files';

const parameters = `a red house, (warm light:1.2)
by the sea
Negative prompt: people,
text
Steps: 30, Sampler: DPM++ 2M Karras, CFG scale: 6.5, Seed: 1234567890, Size: 640x512, Model hash: abc, Model: dream, "RNG": CPU, Lora hashes: "one: 1, two: 2", Version: v1.9.0`;
const picture = () => sharp({ create: { width: 8, height: 8, channels: 3, background: '#345678' } });
const file = (bytes: Uint8Array, name: string) => Object.assign(new Blob([new Uint8Array(bytes)]), { name });
const png = async (texts: Record<string, string>) =>
  writePngTexts(new Uint8Array(await picture().png().toBuffer()), new Map(Object.entries(texts)));
/** A tEXt chunk, as Python writes them. */
const withText = async (keyword: string, text: string): Promise<Uint8Array> => {
  const data = new TextEncoder().encode(`${keyword}\0${text}`);
  const chunks = [...pngChunks(new Uint8Array(await picture().png().toBuffer()))];
  return writePng(
    chunks.flatMap((chunk) => (chunk.type === 'IDAT' ? [{ type: 'tEXt', data }, chunk] : [chunk])),
  );
};
const readIncomingDocument = (text: string) => {
  const incoming = readIncoming(text);
  if (incoming.kind !== 'document') throw new Error('no document');
  return incoming;
};
const reportOf = async (bytes: Uint8Array, name: string) => {
  const incoming = await readIncomingFile(file(bytes, name));
  return incoming.kind === 'document' ? incoming.report : incoming;
};

describe('A1111', () => {
  it('a parameters text becomes a graph in its dialect, with its noise', () => {
    const opened = openForeignText(parameters, { registry, modelId: () => 'kl' });
    if (!opened) throw new Error('not opened');
    expect(opened.report.source).toBe('a1111');
    const { nodes } = opened.document;
    expect(nodes['prompt']?.params).toEqual({
      text: 'a red house, (warm light:1.2)\nby the sea',
      weights: 'scale',
      tooLong: 'chunk',
      clipSkip: 0,
    });
    expect(nodes['negative']?.params).toMatchObject({ text: 'people,\ntext' });
    expect(nodes['sampler']?.params).toMatchObject({
      sampler: 'dpmpp-2m',
      schedule: 'karras',
      steps: 30,
      dialect: 'a1111',
    });
    expect(nodes['noise']?.params).toMatchObject({
      seed: '1234567890',
      width: 640,
      height: 512,
      seeds: 'each',
    });
    expect(nodes['unet']?.params).toEqual({ guidance: 6.5 });
    const found = infer({
      document: opened.document,
      registry,
      catalog: fakeCatalog({ kl: 'kl', vq: 'vq' }),
    });
    expect(found.diagnostics.filter(({ severity }) => severity === 'error')).toEqual([]);
  });
  it('what it cannot say is said: a sampler that is not here, a second pass, a picture it began with', () => {
    const of = (rest: string) =>
      openForeignText(`a\nSteps: 5, Sampler: ${rest}`, { registry })?.report.nodes.find(
        ({ node }) => node === 'sampler',
      )?.differences;
    expect(of('Whatever, Seed: 1')).toEqual([{ code: 'sampler', what: 'Whatever' }]);
    expect(of('Euler a, Seed: 1, Denoising strength: 0.5, Hires upscale: 2')).toEqual([{ code: 'two-pass' }]);
    expect(of('Euler a, Seed: 1, Denoising strength: 0.5')).toEqual([{ code: 'from-image' }]);
    expect(openForeignText(parameters, { registry })?.report.missing).toEqual([
      { kind: 'checkpoint', name: 'dream', nodes: ['model'] },
    ]);
  });
  it('a text that is none is not taken for one', () => {
    for (const text of ['', 'Steps: 20', 'a cat\nSteps: many, Sampler: x', '{"a":1}'])
      expect(openForeignText(text, { registry })).toBeUndefined();
  });
});

describe('InvokeAI', () => {
  const workflow = JSON.stringify({
    name: 'Mine',
    exposedFields: [],
    meta: { version: '3.0.0', category: 'user' },
    nodes: [
      {
        id: 'a',
        type: 'invocation',
        position: { x: 1, y: 2 },
        data: { id: 'a', type: 'noise', label: '', inputs: { seed: { name: 'seed', value: 5 } } },
      },
      {
        id: 'b',
        type: 'invocation',
        position: { x: 300, y: 2 },
        data: { id: 'b', type: 'denoise_latents', label: 'Draw', inputs: {} },
      },
      { id: 'c', type: 'notes', position: { x: 0, y: 0 }, data: { id: 'c', type: 'notes', notes: 'Look.' } },
    ],
    edges: [
      { id: 'e', source: 'a', target: 'b', sourceHandle: 'noise', targetHandle: 'noise', type: 'default' },
    ],
  });
  it('a workflow keeps its nodes with values and wires', () => {
    const opened = openForeignText(workflow, { registry });
    expect(opened?.document.nodes['a']).toMatchObject({
      type: 'invokeai/noise',
      params: { seed: 5 },
      position: { x: 1, y: 2 },
    });
    expect(opened?.document.nodes['b']?.title).toBe('Draw');
    expect(Object.values(opened?.document.edges ?? {})).toMatchObject([
      { from: { node: 'a', port: 'noise' }, to: { node: 'b', port: 'noise' } },
    ]);
    expect(opened?.document.notes['c']?.text).toBe('Look.');
  });
  it('a picture’s metadata becomes a graph', async () => {
    const bytes = await png({
      invokeai_metadata: JSON.stringify({
        positive_prompt: 'a house',
        negative_prompt: 'x',
        width: 512,
        height: 640,
        seed: 9,
        steps: 12,
        cfg_scale: 5,
        scheduler: 'dpmpp_2m_k',
        model: { name: 'deliberate' },
      }),
    });
    const incoming = await readIncomingFile(file(bytes, 'a.png'));
    if (incoming.kind !== 'document') throw new Error('no document');
    expect(incoming.report?.source).toBe('invokeai');
    expect(incoming.document.nodes['prompt']?.params).toMatchObject({ text: 'a house' });
    expect(incoming.document.nodes['sampler']?.params).toMatchObject({
      sampler: 'dpmpp-2m',
      schedule: 'karras',
      dialect: 'diffusers',
      steps: 12,
    });
  });
});

describe('pictures', () => {
  it('PNG: tEXt and compressed iTXt; the workflow before the prompt, a damaged one passed over', async () => {
    expect(await reportOf(await withText('workflow', workflows['plain'] ?? ''), 'a.png')).toMatchObject({
      source: 'comfy-workflow',
    });
    expect(await reportOf(await png({ prompt: JSON.stringify(plainPrompt) }), 'a.png')).toMatchObject({
      source: 'comfy-prompt',
    });
    expect(
      await reportOf(
        await png({ prompt: JSON.stringify(plainPrompt), workflow: workflows['plain'] ?? '' }),
        'a.png',
      ),
    ).toMatchObject({ source: 'comfy-workflow' });
    expect(
      await reportOf(await png({ workflow: '{broken', prompt: JSON.stringify(plainPrompt) }), 'a.png'),
    ).toMatchObject({ source: 'comfy-prompt' });
    expect(await reportOf(await withText('parameters', parameters), 'a.png')).toMatchObject({
      source: 'a1111',
    });
  });
  it('WebP and JPEG: text tags of Exif', async () => {
    const exif = {
      IFD0: { Make: `workflow:${workflows['plain'] ?? ''}`, Model: `prompt:${JSON.stringify(plainPrompt)}` },
    };
    const webp = new Uint8Array(await picture().webp().withExif(exif).toBuffer());
    expect(await reportOf(webp, 'a.webp')).toMatchObject({ source: 'comfy-workflow' });
    const jpeg = new Uint8Array(
      await picture()
        .jpeg()
        .withExif({ IFD0: { Make: `prompt:${JSON.stringify(plainPrompt)}` } })
        .toBuffer(),
    );
    expect(await reportOf(jpeg, 'a.jpg')).toMatchObject({ source: 'comfy-prompt' });
    const plain = new Uint8Array(await picture().jpeg().toBuffer());
    expect(await reportOf(plain, 'a.jpg')).toMatchObject({ kind: 'image', mime: 'image/jpeg' });
    // Cut off in the middle of its tags: still a picture.
    expect(await reportOf(jpeg.subarray(0, 200), 'a.jpg')).toMatchObject({ kind: 'image' });
  });
  it('a graph that cannot be read leaves the picture, and says why', async () => {
    const incoming = await reportOf(await png({ workflow: '{broken' }), 'a.png');
    expect(incoming).toMatchObject({ kind: 'image' });
    expect(incoming && 'foreign' in incoming ? incoming.foreign : undefined).toBeInstanceOf(LoomError);
  });
  it('a picture of ours carries ComfyUI’s forms beside ours on request, whatever the letters', async () => {
    const { document } = readIncomingDocument(
      (workflows['plain'] ?? '').replace('text, watermark', '집 — ünïcode 😀'),
    );
    const bytes = embedComfy(new Uint8Array(await picture().png().toBuffer()), document);
    const kinds = [...pngChunks(bytes)].map(({ type }) => type);
    expect(kinds.indexOf('tEXt')).toBeLessThan(kinds.indexOf('IDAT'));
    const texts = foreignTexts(bytes);
    expect(JSON.parse(texts.get('prompt') ?? '')).toMatchObject({
      '7': { inputs: { text: '집 — ünïcode 😀' } },
    });
    expect(texts.get('workflow')).toMatch(/^[ -~]+$/);
  });
  it('a file keeps its name as the title, and no handle: saving does not write over it', () => {
    const incoming = readIncoming(workflows['plain'] ?? '', 'portrait.json');
    expect(incoming).toMatchObject({
      kind: 'document',
      from: 'foreign',
      document: { meta: { title: 'portrait' } },
    });
  });
});
