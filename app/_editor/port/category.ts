import type { NodeCategory } from '@/engine';

const colours: Record<NodeCategory, string> = {
  model: 'var(--k-unet)',
  conditioning: 'var(--k-conditioning)',
  latent: 'var(--k-latent)',
  sampling: 'var(--k-sampler)',
  'first-stage': 'var(--k-first-stage)',
  image: 'var(--k-image)',
  mask: 'var(--k-mask)',
  utility: 'var(--k-number)',
};
/** The tint of a node's header. The title says what it is; the tint only helps to find it. */
export const categoryColour = (category: NodeCategory | undefined): string =>
  category === undefined ? 'var(--warning)' : colours[category];
export const categories = Object.keys(colours).filter((key): key is NodeCategory => key in colours);
