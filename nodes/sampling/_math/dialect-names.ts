/** Whose conventions a sampling follows where tools differ. */
export const dialectNames = ['ours', 'comfy', 'a1111', 'diffusers'] as const;
export type DialectName = (typeof dialectNames)[number];

export const dialectTitles: Readonly<Record<DialectName, string>> = {
  ours: 'Latent Loom',
  comfy: 'ComfyUI',
  a1111: 'A1111',
  diffusers: 'diffusers',
};
