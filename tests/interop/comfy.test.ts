/** ComfyUI graphs in and out: what becomes of each trap, and that nothing is lost on the way back. */
import { describe, expect, it } from 'vitest';
import { exportPrompt, exportWorkflow } from '@/app/_interop/comfy/export';
import { importComfy } from '@/app/_interop/comfy/import';
import { parseLooseJson, writeLooseJson, type Json } from '@/app/_interop/comfy/json';
import { countOutcomes } from '@/app/_interop/comfy/report';
import { infer, parseDocument, serialise, type LoomDocument } from '@/engine';
import { registry } from '@/nodes/registry';
import { fakeCatalog } from '../nodes/fake';
import { plainPrompt, workflows } from './comfy-files';

const open = (text: string) => importComfy(text, { registry, modelId: () => 'kl' });
/** Saved and opened again: what an export reads must survive the file. */
const saved = (document: LoomDocument) => parseDocument(serialise(document)).document;
const object = (value: Json | undefined): Record<string, Json> => {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new Error('no object');
  return value;
};
const list = (value: Json | undefined): Json[] => (Array.isArray(value) ? value : []);
const nodesById = (workflow: Record<string, Json>) =>
  Object.fromEntries(list(workflow['nodes']).map((node) => [JSON.stringify(object(node)['id']), node]));
const edgeInto = (document: LoomDocument, node: string, port: string) =>
  Object.values(document.edges).find(({ to }) => to.node === node && to.port === port)?.from;

describe('a round trip', () => {
  for (const [name, text] of Object.entries(workflows))
    it(`${name}: nodes, links, values, order of inputs, titles and positions are those of the file`, () => {
      const before = object(parseLooseJson(text));
      const { document } = open(text);
      const { workflow } = exportWorkflow(saved(document));
      expect(nodesById(workflow)).toEqual(nodesById(before));
      expect(list(workflow['nodes']).map((node) => object(node)['id'])).toEqual(
        list(before['nodes']).map((node) => object(node)['id']),
      );
      expect(workflow['links']).toEqual(before['links']);
      expect(workflow['groups']).toEqual(before['groups']);
      expect(workflow['definitions']).toEqual(before['definitions']);
    });
  it('of a prompt gives the prompt', () => {
    const { document, report } = open(JSON.stringify(plainPrompt));
    expect(report.source).toBe('comfy-prompt');
    expect(exportPrompt(saved(document)).prompt).toEqual(plainPrompt);
  });
  it('the prompt of a workflow is its twin', () => {
    expect(exportPrompt(saved(open(workflows['plain'] ?? '').document)).prompt).toEqual(plainPrompt);
  });
});

describe('what becomes of a graph', () => {
  it('text to image is exact, wired, and complete', () => {
    const { document, report } = open(workflows['plain'] ?? '');
    expect(countOutcomes(report)).toEqual({ exact: 7, nearly: 0, placeholder: 0 });
    expect(document.nodes['6']?.params).toEqual({
      text: 'a (red:1.2) house',
      weights: 'interpolate',
      tooLong: 'chunk',
      clipSkip: 0,
    });
    expect(document.nodes['3']?.params).toEqual({
      sampler: 'euler',
      schedule: 'normal',
      dialect: 'comfy',
      steps: 20,
      strength: 1,
    });
    expect(document.nodes['3-unet']?.params).toEqual({ guidance: 8 });
    expect(document.nodes['3-noise']?.params).toEqual({ seed: '156680208700286', generator: 'torch-cpu' });
    expect(edgeInto(document, '5', 'unet')).toEqual({ node: '4', port: 'unet' });
    expect(document.nodes['7']?.title).toBe('Negative');
    expect(Object.values(document.notes).map(({ text }) => text)).toEqual(['Two prompts.']);
    expect(Object.values(document.groups)[0]).toMatchObject({ title: 'Prompts', color: '#3f789e' });
    const found = infer({ document, registry, catalog: fakeCatalog({ kl: 'kl', vq: 'vq' }) });
    expect(found.diagnostics.filter(({ severity }) => severity === 'error')).toEqual([]);
  });
  it('LoRAs become ours, with both strengths, and go back as they came', () => {
    const link = (id: string, slot: number): Json => [id, slot];
    const prompt: Record<string, Json> = {
      ...plainPrompt,
      '20': {
        class_type: 'LoraLoader',
        inputs: {
          lora_name: 'style.safetensors',
          strength_model: 0.8,
          strength_clip: 0.5,
          model: link('4', 0),
          clip: link('4', 1),
        },
      },
      '21': {
        class_type: 'LoraLoaderModelOnly',
        inputs: { lora_name: 'lcm.safetensors', strength_model: 1, model: link('20', 0) },
      },
    };
    const { document, report } = importComfy(JSON.stringify(prompt), {
      registry,
      modelId: ({ kind, name }) => (kind === 'lora' ? `file:${name}#0` : 'kl'),
    });
    expect(countOutcomes(report).placeholder).toBe(0);
    expect(document.nodes['20']).toMatchObject({
      type: 'model/lora',
      params: { lora: 'file:style.safetensors#0', strength: 0.8, textStrength: 0.5 },
    });
    expect(edgeInto(document, '20', 'conditioner')).toEqual({ node: '4', port: 'conditioner' });
    expect(edgeInto(document, '21', 'unet')).toEqual({ node: '20', port: 'unet' });
    const back = exportPrompt(saved(document)).prompt;
    expect([back['20'], back['21']]).toMatchObject([prompt['20'], prompt['21']]);
  });
  it('missing models are named once, with every node that asks for them', () => {
    const { report } = importComfy(workflows['plain'] ?? '', { registry });
    expect(report.missing).toEqual([{ kind: 'checkpoint', name: 'v1-5-pruned-emaonly.ckpt', nodes: ['4'] }]);
  });
  it('denoise, sampler and schedule are ours in ComfyUI’s dialect', () => {
    const { document } = open(workflows['early'] ?? '');
    expect(document.nodes['3']?.params).toMatchObject({
      steps: 12,
      strength: 0.5,
      dialect: 'comfy',
      sampler: 'dpmpp-2m',
      schedule: 'karras',
    });
    expect(document.nodes['10']).toMatchObject({ type: 'conditioning/average', params: { weight: 0.3 } });
  });
  it('a primitive sets the widget, with all digits; a reroute is seen through', () => {
    const { document } = open(workflows['converted'] ?? '');
    expect(document.nodes['3-noise']?.params).toMatchObject({ seed: '18446744073709551615' });
    expect(edgeInto(document, '3-unet', 'unet')).toEqual({ node: '4', port: 'unet' });
    expect(Object.keys(document.nodes)).not.toContain('12');
    const { prompt } = exportPrompt(saved(document));
    expect(writeLooseJson(prompt)).toContain('"seed":18446744073709551615,');
  });
  it('a mask travels with its latent, and is fitted again after a resize', () => {
    const { document, report } = open(workflows['masked'] ?? '');
    expect(document.nodes['15']?.type).toBe('mask/for-latent');
    expect(edgeInto(document, '3', 'mask')).toEqual({ node: '3-mask', port: 'mask' });
    expect(edgeInto(document, '3-mask', 'mask')).toEqual({ node: '15', port: 'mask' });
    expect(edgeInto(document, '3-mask', 'latent')).toEqual({ node: '16', port: 'latent' });
    expect(document.nodes['17']?.mode).toBe('bypass');
    expect(document.nodes['18']?.mode).toBe('mute');
    expect(report.nodes.find(({ id }) => id === '16')?.differences).toEqual([
      { code: 'resize-mode', what: 'bislerp' },
    ]);
    // The prompt has neither the bypassed nor the muted node.
    const { prompt } = exportPrompt(saved(document));
    expect(Object.keys(prompt)).not.toContain('17');
    expect(Object.keys(prompt)).not.toContain('18');
  });
  it('CLIP skip is the text nodes’ own, past what lies between; its node is written again', () => {
    const file = object(parseLooseJson(workflows['plain'] ?? ''));
    const skip = {
      id: 40,
      type: 'CLIPSetLastLayer',
      pos: [0, 0],
      size: [1, 1],
      flags: {},
      order: 1,
      mode: 0,
      inputs: [{ name: 'clip', type: 'CLIP', link: 90 }],
      outputs: [{ name: 'CLIP', type: 'CLIP', links: [91] }],
      properties: {},
      widgets_values: [-2],
    };
    const encode = object(list(file['nodes']).find((node) => object(node)['id'] === 6));
    encode['inputs'] = [{ name: 'clip', type: 'CLIP', link: 91 }];
    file['nodes'] = [...list(file['nodes']), skip];
    file['links'] = [
      ...list(file['links']).filter((link) => list(link)[3] !== 6),
      [90, 4, 1, 40, 0, 'CLIP'],
      [91, 40, 0, 6, 0, 'CLIP'],
    ];
    const { document, report } = open(JSON.stringify(file));
    expect(countOutcomes(report).placeholder).toBe(0);
    expect(document.nodes['6']?.params).toMatchObject({ clipSkip: 1 });
    expect(document.nodes['7']?.params).toMatchObject({ clipSkip: 0 });
    expect(edgeInto(document, '6', 'conditioner')).toEqual({ node: '4', port: 'conditioner' });
    expect(exportPrompt(saved(document)).prompt['6']?.inputs['clip']).toEqual(['40', 0]);
  });
  it('start and end steps are ours', () => {
    const { document, report } = open(workflows['advanced'] ?? '');
    expect(document.nodes['19']?.params).toMatchObject({ steps: 20, startStep: 0, endStep: 12 });
    expect(document.nodes['3']?.params).toMatchObject({ startStep: 12, endStep: 1000 });
    expect(
      report.nodes.filter(({ type }) => type === 'KSamplerAdvanced').map(({ outcome }) => outcome),
    ).toEqual(['exact', 'exact']);
  });
  it('the custom sampler: sampler and constants folded in, noise of the latent it is added to', () => {
    const { document, report } = open(workflows['custom'] ?? '');
    expect(countOutcomes(report).placeholder).toBe(0);
    expect(document.nodes['3']?.params).toEqual({ sampler: 'dpmpp-2m', dialect: 'comfy' });
    expect(document.nodes['5']?.params).toMatchObject({ width: 640 });
    expect(edgeInto(document, '22', 'latent')).toEqual({ node: '5', port: 'latent' });
    expect(edgeInto(document, '3', 'schedule')).toEqual({ node: '24', port: 'schedule' });
    const found = infer({ document, registry, catalog: fakeCatalog({ kl: 'kl', vq: 'vq' }) });
    expect(found.diagnostics.filter(({ severity }) => severity === 'error')).toEqual([]);
  });
  it('other people’s nodes stand as placeholders with their values; a bypassed one is walked past', () => {
    const { document, report } = open(workflows['foreign'] ?? '');
    expect(document.nodes['26']).toMatchObject({
      type: 'comfy/SomeLoader|pack',
      params: { weight: 0.5, mode: 'fast' },
    });
    expect(document.nodes['27']).toMatchObject({
      type: 'comfy/Prompt Styler',
      params: { values: ['a', 'b'] },
    });
    expect(edgeInto(document, '3-unet', 'unet')).toEqual({ node: '4', port: 'unet' });
    expect(report.nodes.find(({ id }) => id === '26')).toMatchObject({
      outcome: 'placeholder',
      needs: 'unknown',
    });
    expect(report.nodes.find(({ id }) => id === '28')?.differences).toEqual([
      { code: 'value-fixed', what: 'text' },
    ]);
    const { prompt, report: out } = exportPrompt(saved(document));
    expect(prompt['28']?.inputs['text']).toEqual(['27', 0]);
    // Its values have no names in the file: said.
    expect(out.nodes.filter(({ outcome }) => outcome === 'nearly')).toMatchObject([
      { id: '27', differences: [{ code: 'widget-lost' }] },
    ]);
  });
  it('a sub-graph becomes a definition; its widget is a parameter of the instance', () => {
    const { document } = open(workflows['nested'] ?? '');
    const [id = ''] = Object.keys(document.definitions);
    expect(document.nodes['30']).toMatchObject({ type: `graph/${id}`, params: { text: 'from outside' } });
    expect(document.definitions[id]?.params).toEqual({ text: { node: '6', param: 'text' } });
    expect(document.definitions[id]?.inputs['model']?.to).toContainEqual({ node: '3-unet', port: 'unet' });
    const { prompt } = exportPrompt(saved(document));
    expect(prompt['30:6']?.inputs).toEqual({ text: 'from outside', clip: ['4', 1] });
    expect(prompt['8']?.inputs['samples']).toEqual(['30:3', 0]);
  });
  it('bare NaN and Infinity are read as nothing', () => {
    const text = (workflows['plain'] ?? '').replace(
      '"version":0.4',
      '"version":0.4,"note":NaN,"far":-Infinity',
    );
    expect(countOutcomes(open(text).report).placeholder).toBe(0);
    expect(parseLooseJson('{"a":NaN,"b":[Infinity,-Infinity],"c":"NaN","d":1e999}')).toEqual({
      a: null,
      b: [null, null],
      c: 'NaN',
      d: null,
    });
  });
});

describe('changes made here', () => {
  it('a changed value, a moved node and a removed one are what the file says; the rest stays', () => {
    const { document } = open(workflows['plain'] ?? '');
    const edited = structuredClone(saved(document));
    const sampler = edited.nodes['3'];
    const unet = edited.nodes['3-unet'];
    if (!sampler || !unet) throw new Error('no sampler');
    sampler.params['steps'] = 30;
    unet.params['guidance'] = 5;
    sampler.position = { x: sampler.position.x + 10, y: sampler.position.y - 5 };
    delete edited.nodes['9'];
    for (const [id, { to }] of Object.entries(edited.edges)) if (to.node === '9') delete edited.edges[id];
    const { workflow } = exportWorkflow(edited);
    const nodes = nodesById(workflow);
    const before = nodesById(object(parseLooseJson(workflows['plain'] ?? '')));
    expect(object(nodes['3'])['widgets_values']).toEqual([
      156680208700286,
      'randomize',
      30,
      5,
      'euler',
      'normal',
      1,
    ]);
    const [x, y] = list(object(before['3'])['pos']).map(Number);
    expect(object(nodes['3'])['pos']).toEqual([(x ?? 0) + 10, (y ?? 0) - 5]);
    expect(nodes['9']).toBeUndefined();
    expect(list(workflow['links']).map((link) => list(link)[3])).not.toContain(9);
    expect(nodes['4']).toEqual(before['4']);
  });
  it('a value of a sub-graph’s instance goes back into its place in the list', () => {
    const { document } = open(workflows['nested'] ?? '');
    const edited = structuredClone(saved(document));
    const instance = edited.nodes['30'];
    if (!instance) throw new Error('no instance');
    instance.params['text'] = 'changed';
    expect(object(nodesById(exportWorkflow(edited).workflow)['30'])['widgets_values']).toEqual(['changed']);
    expect(exportPrompt(edited).prompt['30:6']?.inputs['text']).toBe('changed');
  });
  it('a value set by hand overrules the wire that set it before', () => {
    const { document } = open(workflows['custom'] ?? '');
    const edited = structuredClone(saved(document));
    const latent = edited.nodes['5'];
    if (!latent) throw new Error('no latent');
    latent.params['width'] = 896;
    expect(exportPrompt(edited).prompt['5']?.inputs).toEqual({ width: 896, height: 512, batch_size: 1 });
    expect(exportPrompt(saved(document)).prompt['5']?.inputs['width']).toEqual(['21', 0]);
  });
  it('a graph made here has a workflow too: noise of a size, a mask on the sampler', () => {
    const text = JSON.stringify({
      format: 'latent-loom',
      version: 1,
      nodes: {
        m: { type: 'model/package', params: { package: 'sd15.safetensors' } },
        p: { type: 'conditioning/text', params: { text: 'a house' } },
        n: { type: 'latent/noise', params: { seed: '7', width: 640, height: 512, batch: 2 } },
        u: { type: 'sampling/unet', params: { guidance: 6 } },
        s: {
          type: 'sampling/sampler',
          version: 2,
          params: { sampler: 'euler', schedule: 'karras', steps: 12 },
        },
        d: { type: 'first-stage/decode' },
        o: { type: 'image/output', params: { name: 'house' } },
        c: { type: 'utility/show-text' },
      },
      edges: Object.fromEntries(
        [
          ['m', 'conditioner', 'p', 'conditioner'],
          ['m', 'unet', 'n', 'unet'],
          ['m', 'unet', 'u', 'unet'],
          ['p', 'conditioning', 'u', 'positive'],
          ['u', 'denoiser', 's', 'denoiser'],
          ['n', 'noise', 's', 'noise'],
          ['m', 'firstStage', 'd', 'firstStage'],
          ['s', 'latent', 'd', 'latent'],
          ['d', 'image', 'o', 'image'],
          ['p', 'tokens', 'c', 'text'],
        ].map(([from, out, to, into], index) => [
          `e${index}`,
          { from: { node: from, port: out }, to: { node: to, port: into } },
        ]),
      ),
    });
    const { prompt, report } = exportPrompt(parseDocument(text).document);
    const byClass = Object.fromEntries(
      Object.entries(prompt).map(([id, node]) => [node.class_type, { id, ...node }]),
    );
    expect(byClass['KSampler']?.inputs).toMatchObject({
      seed: 7,
      steps: 12,
      cfg: 6,
      sampler_name: 'euler',
      scheduler: 'karras',
      denoise: 1,
      latent_image: [byClass['EmptyLatentImage']?.id, 0],
    });
    expect(byClass['EmptyLatentImage']?.inputs).toEqual({ width: 640, height: 512, batch_size: 2 });
    expect(byClass['CheckpointLoaderSimple']?.inputs).toEqual({ ckpt_name: 'sd15.safetensors' });
    expect(report.nodes.filter(({ outcome }) => outcome === 'placeholder')).toMatchObject([
      { type: 'utility/show-text', node: 'c' },
    ]);
  });
});
