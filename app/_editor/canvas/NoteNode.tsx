'use client';
/** A free text on the canvas. */
import { getOwn } from '@/engine/types';
import { memo } from 'react';
import { NodeResizer, type NodeProps } from 'reactflow';
import { useTranslations } from 'use-intl';
import { activeTab, edit, useWorkspace } from '../../_state/workspace';
import { gesture } from '../../_state/view';

export const NoteNode = memo(function NoteNode({ id, selected }: NodeProps) {
  const key = id.slice('note:'.length);
  const note = useWorkspace((state) => getOwn(state.document.notes, key));
  const t = useTranslations('note');
  if (note === undefined) return null;
  return (
    <section
      aria-label={t('label')}
      className={`flex h-full w-full flex-col rounded-lg border bg-warning-soft shadow-node ${selected ? 'border-primary' : 'border-warning/40'}`}
    >
      <NodeResizer
        isVisible={selected}
        minWidth={120}
        minHeight={60}
        lineClassName="!border-primary"
        handleClassName="!size-2.5 !rounded-sm !border-primary !bg-card"
        onResize={(_, box) =>
          gesture.setState(({ resize, drag }) => ({
            resize: new Map(resize).set(id, { width: box.width, height: box.height }),
            drag: new Map(drag).set(id, { x: box.x, y: box.y }),
          }))
        }
        onResizeEnd={(_, box) => {
          gesture.setState({ resize: new Map(), drag: new Map() });
          edit('resize', (document) => {
            const target = getOwn(document.notes, key);
            if (target === undefined) return;
            target.position = { x: Math.round(box.x), y: Math.round(box.y) };
            target.size = { width: Math.round(box.width), height: Math.round(box.height) };
          });
        }}
      />
      <div className="h-4 shrink-0 cursor-grab" aria-hidden />
      <textarea
        aria-label={t('text')}
        value={note.text}
        placeholder={t('placeholder')}
        onChange={(event) => {
          const { value } = event.target;
          edit(
            'note-text',
            (document) => {
              const target = getOwn(document.notes, key);
              if (target !== undefined) target.text = value;
            },
            `note ${key}`,
          );
        }}
        onBlur={() => activeTab().history.seal()}
        className="nodrag nowheel min-h-0 flex-1 resize-none bg-transparent px-3 pb-2 text-[13px] leading-relaxed text-foreground outline-none placeholder:text-muted-foreground"
      />
    </section>
  );
});
