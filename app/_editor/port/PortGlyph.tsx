'use client';
import type { PortKind } from '@/engine';
import { colourOf, type Filling } from './appearance';
import { kindAppearance } from './kinds';

/** The small sign of a port: shape and colour by kind, filling by latent space. */
export function PortGlyph({
  kind,
  filling = 'solid',
  size = 13,
}: {
  readonly kind: PortKind;
  readonly filling?: Filling;
  readonly size?: number;
}) {
  const { outline } = kindAppearance[kind];
  const colour = colourOf(kind);
  return (
    <svg viewBox="0 0 16 16" width={size} height={size} aria-hidden className="pointer-events-none shrink-0">
      <path
        d={outline}
        fill={filling === 'solid' ? colour : 'var(--card)'}
        stroke={colour}
        strokeWidth={1.8}
        strokeLinejoin="round"
      />
      {filling === 'dot' && <circle cx={8} cy={8} r={2.4} fill={colour} />}
      {filling === 'half' && <path d={outline} fill={colour} style={{ clipPath: 'inset(0 50% 0 0)' }} />}
      {filling === 'bar' && <path d="M2 8h12" stroke={colour} strokeWidth={2.6} />}
    </svg>
  );
}
