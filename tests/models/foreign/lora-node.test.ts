/** The LoRA node over models that were opened: what reaches the networks, and what is refused. */
import { afterAll, describe, expect, it } from 'vitest';
import { createModelSource, findPackages } from '@/models';
import { createNodeFiles } from '@/models/files-node';
import { createNodeFolder } from '@/models/folder-node';
import { modelLora } from '@/nodes/model/lora';
import { createFake } from '../../nodes/fake';
import { bench, failure } from '../../nodes/harness';
import { backend, fixtures } from './kit';

const { signal } = new AbortController();
const found = (
  await Promise.all(
    ['sd15', 'sdxl', 'lora-kohya', 'lora-diffusers'].map((name) =>
      findPackages(createNodeFolder(`${fixtures}/${name}.safetensors`), signal),
    ),
  )
).flat();
const packages = found.flatMap((one) => ('known' in one ? [one.known] : []));
const loras = found.flatMap((one) => ('lora' in one ? [one.lora] : []));
const models = createModelSource({
  backend: await backend(),
  files: createNodeFiles('models'),
  packages,
  loras,
});
afterAll(() => models.unload());

const b = bench({ ...createFake(), source: models });
const inputs = async (name: string) => {
  const id = packages.find(({ description }) => description.id.startsWith(`folder:${name}#`))?.description.id;
  const { unet, conditioner } = await models.open(id ?? '', { signal });
  if (unet === undefined) throw new Error('no U-Net');
  return { unet: { kind: 'unet', unet }, conditioner: { kind: 'conditioner', conditioner } } as const;
};
const id = (name: string): string => loras.find((lora) => lora.name === name)?.id ?? '';

describe('the LoRA node', () => {
  it('adds to both networks, each with its strength; the empty prompt is encoded as the others are', async () => {
    const given = await inputs('sd15');
    const out = await b.run(modelLora, given, { lora: id('lora-kohya'), strength: 0.7, textStrength: -0.5 });
    expect(out.unet.unet.loras).toMatchObject([
      { id: id('lora-kohya'), strength: 0.7, applied: 8, left: [] },
    ]);
    expect(out.conditioner.conditioner.loras).toMatchObject([{ strength: -0.5, applied: 3 }]);
    expect(out.unet.unet.conditioner).toBe(out.conditioner.conditioner);
    expect(given.unet.unet.loras).toBe(undefined);
  });

  it('leaves a network of strength 0 as it was', async () => {
    const given = await inputs('sd15');
    const words = await b.run(modelLora, given, { lora: id('lora-kohya'), strength: 0 });
    expect(words.unet.unet.loras).toBe(undefined);
    expect({ ...words.unet.unet, conditioner: given.unet.unet.conditioner }).toEqual(given.unet.unet);
    const unet = await b.run(modelLora, given, { lora: id('lora-kohya'), textStrength: 0 });
    expect(unet.conditioner.conditioner).toBe(given.conditioner.conditioner);
    // Without a conditioner through it, the U-Net keeps its own.
    const alone = await b.run(modelLora, { unet: given.unet }, { lora: id('lora-kohya') });
    expect(alone.unet.unet.conditioner).toBe(given.unet.unet.conditioner);
  });

  it('takes another in a row', async () => {
    const first = await b.run(modelLora, await inputs('sd15'), { lora: id('lora-kohya') });
    const second = await b.run(modelLora, first, { lora: id('lora-diffusers'), strength: 0.4 });
    expect(second.unet.unet.loras?.map((one) => [one.id, one.strength])).toEqual([
      [id('lora-kohya'), 1],
      [id('lora-diffusers'), 0.4],
    ]);
    expect(second.unet.unet.conditioner).toBe(second.conditioner.conditioner);
  });

  it('says which module does not fit a model of another family, and of a LoRA that is not here, which', async () => {
    const other = await failure(b.run(modelLora, await inputs('sdxl'), { lora: id('lora-kohya') }));
    expect(other).toMatchObject({
      code: 'bad-input',
      message: expect.stringMatching(/lora-kohya.*lora_\w+: /u),
    });
    const gone = await failure(b.run(modelLora, await inputs('sd15'), { lora: 'file:gone#0' }));
    expect(gone).toMatchObject({ code: 'file-missing', message: expect.stringContaining('file:gone#0') });
  });

  it('tells rank, networks and size of a file by its header', () => {
    expect(loras.map(({ summary }) => summary)).toEqual([
      { ranks: [expect.any(Number), expect.any(Number)], adapts: ['unet', 'text'], others: [] },
      { ranks: [expect.any(Number), expect.any(Number)], adapts: ['unet', 'text'], others: [] },
    ]);
  });
});
