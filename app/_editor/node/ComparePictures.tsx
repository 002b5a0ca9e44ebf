'use client';
/** Two pictures behind a slider: the first to the left of the split, the second to its right. */
import { getOwn } from '@/engine/types';
import { useRef, type PointerEvent } from 'react';
import { registry } from '../../_state/nodes';
import { useNodeLabels } from '../../_i18n/node-labels';
import { useNode } from '../../_state/node-channel';
import type { Picture } from '../../_state/run-store';
import { activeTab, edit } from '../../_state/workspace';
import { PictureCanvas } from './Pictures';

/** The first half of `frames` against the second, split at the node's parameter `split`. Dragging moves it: one step. */
export function ComparePictures({
  id,
  pictures,
  label,
}: {
  readonly id: string;
  readonly pictures: readonly Picture[];
  readonly label: string;
}) {
  const node = useNode(id);
  const labels = useNodeLabels();
  const definition = registry.get(node?.type ?? '');
  const stored = node?.params['split'];
  const split = typeof stored === 'number' ? stored : 0.5;
  const held = useRef(false);
  const pairs = Math.floor(pictures.length / 2);
  const move = (event: PointerEvent<HTMLDivElement>): void => {
    const { left, width } = event.currentTarget.getBoundingClientRect();
    if (width <= 0) return;
    const at = Math.round(Math.min(1, Math.max(0, (event.clientX - left) / width)) * 100) / 100;
    edit(
      `param|${definition === undefined ? 'split' : labels.param(definition, 'split', 'Split')}`,
      (draft) => {
        const target = getOwn(draft.nodes, id);
        if (target !== undefined) target.params['split'] = at;
      },
      `${id} split drag`,
    );
  };
  const end = (): void => {
    if (!held.current) return;
    held.current = false;
    activeTab().history.seal();
  };
  return (
    <div className="nodrag grid gap-0.5 overflow-hidden rounded-md bg-muted">
      {Array.from({ length: pairs }, (_, pair) => {
        const [first, second] = [pictures[pair], pictures[pairs + pair]];
        if (first === undefined || second === undefined) return null;
        const name = pairs > 1 ? `${label} ${pair + 1}` : label;
        return (
          // The slider in the form is the same for keys and screen readers.
          <div
            key={pair}
            className="relative cursor-ew-resize touch-none"
            onPointerDown={(event) => {
              held.current = true;
              event.currentTarget.setPointerCapture(event.pointerId);
              move(event);
            }}
            onPointerMove={(event) => held.current && move(event)}
            onPointerUp={end}
            onPointerCancel={end}
          >
            <PictureCanvas picture={second} label={`${name}, B`} />
            <div className="absolute inset-0" style={{ clipPath: `inset(0 ${(1 - split) * 100}% 0 0)` }}>
              <PictureCanvas picture={first} label={`${name}, A`} />
            </div>
            <span
              aria-hidden
              className="pointer-events-none absolute inset-y-0 w-0.5 -translate-x-1/2 bg-white shadow-[0_0_2px_black]"
              style={{ left: `${split * 100}%` }}
            />
          </div>
        );
      })}
    </div>
  );
}
