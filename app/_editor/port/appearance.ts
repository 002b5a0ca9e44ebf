/** How port kinds and latent spaces look: colour and shape by kind, filling and dash by space. Never colour alone. */
import type { PortKind, PortType } from '@/engine';
import { kindAppearance } from './kinds';

export type Filling = 'solid' | 'hollow' | 'dot' | 'half' | 'bar';
const fillings: readonly Filling[] = ['solid', 'dot', 'half', 'bar'];
const dashes: readonly string[] = ['', '9 5', '2 5', '12 4 2 4'];

const indexOf = (type: PortType, spaces: readonly string[]): number => {
  const space = type.fields['space'];
  return typeof space === 'string' ? Math.max(0, spaces.indexOf(space)) % fillings.length : -1;
};

/** How a port's shape is filled: by latent space where the kind has one (hollow: not yet known), else solid. */
export function fillingOf(type: PortType, spaces: readonly string[]): Filling {
  if (!kindAppearance[type.kind].hasSpace) return 'solid';
  const index = indexOf(type, spaces);
  return index < 0 ? 'hollow' : (fillings[index] ?? 'solid');
}
/** The edge's dash for the same. */
export function dashOf(type: PortType | undefined, spaces: readonly string[]): string {
  if (type === undefined || !kindAppearance[type.kind].hasSpace) return '';
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
