/** Models and LoRAs of a person's own: opened from files, known to forms and to graphs of other tools, forgotten. */
import { readFileSync } from 'node:fs';
import { afterEach, describe, expect, it } from 'vitest';
import { stemOf } from '@/app/_formats/model-names';
import { readIncoming } from '@/app/_formats/read-incoming';
import { catalogStore } from '@/app/_state/catalog';
import { closeModel, openModel, ownModels } from '@/app/_state/own-models';
import { plainPrompt } from '../interop/comfy-files';

const file = (name: string, as: string): { path: string; file: File } => ({
  path: `${as}.safetensors`,
  file: new File([readFileSync(`tests/fixtures/foreign/${name}.safetensors`)], `${as}.safetensors`),
});
const open = (name: string, ...files: readonly ReturnType<typeof file>[]) =>
  openModel({ name, files }, { place: 'session' });
const known = () => {
  const { packages, loras, catalog } = catalogStore.getState();
  return { packages: packages.map(({ title }) => title), loras: loras.map(({ title }) => title), catalog };
};

afterEach(() => {
  for (const { key } of ownModels.getState().models) closeModel(key);
});

describe('models of one’s own', () => {
  it('a LoRA is known by name, rank, networks and size; forgotten, it is gone', async () => {
    const { key, loras } = await open('style.safetensors', file('lora-kohya', 'style'));
    const [id = ''] = loras;
    expect(catalogStore.getState().loras).toMatchObject([
      { id, title: 'style', bytes: 7548, adapts: ['unet', 'text'], others: [] },
    ]);
    expect(known().catalog.hash(id)).toMatch(/^[0-9a-f]{64}$/u);
    closeModel(key);
    expect(known().loras).toEqual([]);
    expect(known().catalog.hash(id)).toBe(undefined);
  });

  it('a file that is opened again by itself takes nothing from the folder that holds it', async () => {
    const folder = await open('models', file('sd15', 'dream'), file('lora-kohya', 'style'));
    const alone = await open('style.safetensors', file('lora-kohya', 'style'));
    expect(alone.loras).toEqual(folder.loras);
    expect(ownModels.getState().models).toHaveLength(2);
    closeModel(alone.key);
    expect(known()).toMatchObject({ packages: ['dream'], loras: ['style'] });
    closeModel(folder.key);
    expect(known()).toMatchObject({ packages: [], loras: [] });
  });

  it('graphs of other tools that name their files find them', async () => {
    const { packages } = await open('dream.safetensors', file('sd15', 'dream'));
    const text = JSON.stringify(plainPrompt).replace('v1-5-pruned-emaonly.ckpt', 'SD1.5/Dream.safetensors');
    const incoming = readIncoming(text);
    expect(incoming).toMatchObject({ kind: 'document', report: { missing: [] } });
    expect(incoming.kind === 'document' && incoming.document.nodes['4']?.params['package']).toBe(packages[0]);
    expect(stemOf('a\\b\\Some.Model.ckpt')).toBe('some.model');
  });
});
