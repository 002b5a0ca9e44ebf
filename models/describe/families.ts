/** The families of pipelines, by the class that `model_index.json` names. */
import { LoomError, type ImageChannels, type Recommendation } from '@/engine/types';

export interface Family {
  readonly title: string;
  /** What the channels beside the latent are, where there are some. */
  readonly image?: ImageChannels;
  /** What its makers set where no file says it. */
  readonly recommended: Recommendation;
}

const stableDiffusion: Family = { title: 'Stable Diffusion', recommended: { guidance: 7.5, steps: 20 } };
const xl: Family = { title: 'Stable Diffusion XL', recommended: { guidance: 5, steps: 25 } };
const lcm: Family = { title: 'Latent Consistency Model', recommended: { guidance: 8.5, steps: 4 } };
const latentDiffusion: Family = { title: 'Latent Diffusion', recommended: { guidance: 1, steps: 50 } };

const families: Readonly<Record<string, Family>> = {
  StableDiffusion: stableDiffusion,
  StableDiffusionImg2Img: stableDiffusion,
  StableDiffusionInpaint: {
    ...stableDiffusion,
    title: 'Stable Diffusion inpainting',
    image: 'mask+masked',
  },
  StableDiffusionInstructPix2Pix: { ...stableDiffusion, title: 'InstructPix2Pix', image: 'latent-unscaled' },
  StableDiffusionXL: xl,
  StableDiffusionXLImg2Img: xl,
  StableDiffusionXLInpaint: { ...xl, title: 'Stable Diffusion XL inpainting', image: 'mask+masked' },
  StableDiffusionXLInstructPix2Pix: { ...xl, title: 'InstructPix2Pix XL', image: 'latent-unscaled' },
  LatentConsistencyModel: lcm,
  LatentConsistencyModelImg2Img: lcm,
  LDM: latentDiffusion,
  LDMTextToImage: { title: 'Latent Diffusion, text to image', recommended: { guidance: 5, steps: 50 } },
  LDMSuperResolution: { ...latentDiffusion, title: 'Latent Diffusion, super-resolution', image: 'pixels' },
};

/** Parts of folders that belong to other kinds of models, by what to call them. */
const others: readonly (readonly [test: RegExp, title: string])[] = [
  [/Flux/u, 'Flux'],
  [/StableDiffusion3/u, 'Stable Diffusion 3'],
  [/PixArt/u, 'PixArt'],
  [/Kandinsky/u, 'Kandinsky'],
  [/Cascade|Wuerstchen/u, 'Stable Cascade'],
  [/Video|AnimateDiff|CogVideo|Wan|Hunyuan/u, 'a video model'],
  [/Upscale/u, 'a Stable Diffusion upscaler'],
  [/ControlNet/u, 'ControlNet'],
];

/** Said of what is no model of the family. */
export const unsupportedFamily = (what: string, file: string): LoomError =>
  new LoomError(
    'unsupported-family',
    `This is ${what}, which is not a model of the Stable Diffusion family that opens here.`,
    { file },
    {
      fix: 'Open a Stable Diffusion 1, 2 or XL model, its LCM or inpainting kin, or a latent diffusion model of the paper.',
      details: { family: what },
    },
  );

/** The family of a pipeline class; prefixes of exporters are left away. Throws `unsupported-family`. */
export function familyOf(className: string, file: string): Family {
  const name = className.replace(/^(?:Onnx|ORT)/u, '').replace(/Pipeline(?:Legacy)?$/u, '');
  const family = Object.hasOwn(families, name) ? families[name] : undefined;
  if (family) return family;
  const [, title = `"${name.slice(0, 60)}"`] = others.find(([test]) => test.test(name)) ?? [];
  throw unsupportedFamily(title, file);
}

/** The family by shapes alone, where no file names it. */
export const familyByShapes = (shapes: {
  readonly vectorWidth: number | undefined;
  readonly embedded: boolean;
  readonly extraChannels: number;
  readonly contextWidth: number;
}): Family => {
  if (shapes.embedded) return lcm;
  if (shapes.contextWidth === 0) return latentDiffusion;
  const base = shapes.vectorWidth === undefined ? stableDiffusion : xl;
  if (shapes.extraChannels === 5) return { ...base, title: `${base.title} inpainting`, image: 'mask+masked' };
  if (shapes.extraChannels === 4) return { ...base, title: 'InstructPix2Pix', image: 'latent-unscaled' };
  return base;
};
