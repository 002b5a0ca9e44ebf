/** How port kinds and latent spaces look: colour and shape by kind, filling and dash by space. Never colour alone. */
import type { PortKind, PortType } from '@/engine';

/** Outlines in a 16×16 box. Things of one family share a family of shapes. */
export const outlines: Record<PortKind, string> = {
  image: 'M3 3h10v10H3z',
  mask: 'M3 5.5 5.5 3h5L13 5.5v5L10.5 13h-5L3 10.5z',
  'semantic-map': 'M2.5 4.5h11v7h-11z',
  latent: 'M8 2.5a5.5 5.5 0 1 1 0 11a5.5 5.5 0 0 1 0-11z',
  codes: 'M8 2l5.2 3v6L8 14l-5.2-3V5z',
  conditioning: 'M8 2l6 6l-6 6l-6-6z',
  conditioner: 'M8 3l6 5l-6 5l-6-5z',
  unet: 'M2.5 3.5h11L8 13.5z',
  denoiser: 'M8 2.2l6 4.5l-2.3 7H4.3l-2.3-7z',
  'first-stage': 'M2.5 3h11l-3 5l3 5h-11l3-5z',
  noise:
    'M8 2l1.5 3 3.2-1L11.5 7 14 8.5l-2.7 1.3.7 3.2-3-1.2L8 14l-1-2.2-3 1.2.7-3.2L2 8.5 4.5 7 3.3 4l3.2 1z',
  schedule: 'M2.5 3h3v3.3h3.5v3.4h4.5V13h-11z',
  sampler: 'M3 3l10.5 5L3 13z',
  number: 'M8 3.2a4.8 4.8 0 1 1 0 9.6a4.8 4.8 0 0 1 0-9.6z',
  text: 'M3 3.5h10v3H9.6V13H6.4V6.5H3z',
};

export type Filling = 'solid' | 'hollow' | 'dot' | 'half' | 'bar';
const fillings: readonly Filling[] = ['solid', 'dot', 'half', 'bar'];
const dashes: readonly string[] = ['', '9 5', '2 5', '12 4 2 4'];

const spaceKinds: ReadonlySet<PortKind> = new Set([
  'latent',
  'codes',
  'noise',
  'unet',
  'denoiser',
  'first-stage',
]);

const indexOf = (type: PortType, spaces: readonly string[]): number => {
  const space = type.fields['space'];
  return typeof space === 'string' ? Math.max(0, spaces.indexOf(space)) % fillings.length : -1;
};

/** How a port's shape is filled: by latent space where the kind has one (hollow: not yet known), else solid. */
export function fillingOf(type: PortType, spaces: readonly string[]): Filling {
  if (!spaceKinds.has(type.kind)) return 'solid';
  const index = indexOf(type, spaces);
  return index < 0 ? 'hollow' : (fillings[index] ?? 'solid');
}
/** The edge's dash for the same. */
export function dashOf(type: PortType | undefined, spaces: readonly string[]): string {
  if (type === undefined || !spaceKinds.has(type.kind)) return '';
  const index = indexOf(type, spaces);
  return index < 0 ? '3 3' : (dashes[index] ?? '');
}
/** CSS colour of a kind. */
export const colourOf = (kind: PortKind | undefined): string =>
  kind === undefined ? 'var(--muted-foreground)' : `var(--k-${kind})`;

/** A port type in a few words: kind and what is known of its fields. */
export function fieldsOf(type: PortType): readonly { readonly name: string; readonly value: string }[] {
  return Object.entries(type.fields).flatMap(([name, expression]) => {
    if (typeof expression === 'string' || typeof expression === 'number')
      return [{ name, value: String(expression) }];
    if (typeof expression === 'boolean') return [{ name, value: expression ? 'yes' : 'no' }];
    if ('set' in expression) return [{ name, value: expression.set.join(' + ') || '–' }];
    if ('broadcast' in expression)
      return typeof expression.broadcast === 'number' ? [{ name, value: `1, ${expression.broadcast}` }] : [];
    if ('atMost' in expression) return [{ name, value: `≤ ${expression.atMost.join(', ')}` }];
    return [];
  });
}
