/**
 * The editor's half of each port kind: how its ports look. Names are in the catalogue under `port.kinds`; the engine's
 * half is `engine/types/kinds`, what the inspector reads of a value `_snapshots/snapshot.ts`.
 */
import type { PortKind } from '@/engine';

interface KindAppearance {
  /** The port's sign in a 16×16 box. Kinds of one family share a family of shapes. */
  readonly outline: string;
  /** Its colour on either theme. Never the only difference. */
  readonly light: string;
  readonly dark: string;
  /** Whether values belong to a latent space: signs are filled and edges dashed by it. */
  readonly hasSpace: boolean;
}

export const kindAppearance: Readonly<Record<PortKind, KindAppearance>> = {
  image: { outline: 'M3 3h10v10H3z', light: '#1f6fc4', dark: '#63aef5', hasSpace: false },
  mask: {
    outline: 'M3 5.5 5.5 3h5L13 5.5v5L10.5 13h-5L3 10.5z',
    light: '#5d6677',
    dark: '#a7b0c0',
    hasSpace: false,
  },
  'semantic-map': { outline: 'M2.5 4.5h11v7h-11z', light: '#1f8048', dark: '#5cc98b', hasSpace: false },
  latent: {
    outline: 'M8 2.5a5.5 5.5 0 1 1 0 11a5.5 5.5 0 0 1 0-11z',
    light: '#b02f8b',
    dark: '#ec7bc9',
    hasSpace: true,
  },
  codes: { outline: 'M8 2l5.2 3v6L8 14l-5.2-3V5z', light: '#8a3ab9', dark: '#c78af0', hasSpace: true },
  conditioning: { outline: 'M8 2l6 6l-6 6l-6-6z', light: '#b3560b', dark: '#f2994a', hasSpace: false },
  conditioner: { outline: 'M8 3l6 5l-6 5l-6-5z', light: '#8a6116', dark: '#d8b15c', hasSpace: false },
  unet: { outline: 'M2.5 3.5h11L8 13.5z', light: '#6246d8', dark: '#a592ff', hasSpace: true },
  denoiser: { outline: 'M8 2.2l6 4.5l-2.3 7H4.3l-2.3-7z', light: '#3a55cf', dark: '#8ba0ff', hasSpace: true },
  'first-stage': {
    outline: 'M2.5 3h11l-3 5l3 5h-11l3-5z',
    light: '#0b7c79',
    dark: '#46c9c4',
    hasSpace: true,
  },
  noise: {
    outline:
      'M8 2l1.5 3 3.2-1L11.5 7 14 8.5l-2.7 1.3.7 3.2-3-1.2L8 14l-1-2.2-3 1.2.7-3.2L2 8.5 4.5 7 3.3 4l3.2 1z',
    light: '#6f6259',
    dark: '#b8a898',
    hasSpace: true,
  },
  schedule: {
    outline: 'M2.5 3h3v3.3h3.5v3.4h4.5V13h-11z',
    light: '#0b7894',
    dark: '#55c3e0',
    hasSpace: false,
  },
  sampler: { outline: 'M3 3l10.5 5L3 13z', light: '#bf3352', dark: '#f57f9a', hasSpace: false },
  number: {
    outline: 'M8 3.2a4.8 4.8 0 1 1 0 9.6a4.8 4.8 0 0 1 0-9.6z',
    light: '#5a7209',
    dark: '#b3cf52',
    hasSpace: false,
  },
  text: { outline: 'M3 3.5h10v3H9.6V13H6.4V6.5H3z', light: '#7d6600', dark: '#dcc44b', hasSpace: false },
};
