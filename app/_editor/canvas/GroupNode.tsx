'use client';
/** A titled frame behind nodes; moving it moves what stands in it. */
import { getOwn } from '@/engine/types';
import { memo, useState } from 'react';
import { NodeResizer, type NodeProps } from 'reactflow';
import { useTranslations } from 'use-intl';
import { edit, useWorkspace } from '../../_state/workspace';
import { gesture } from '../../_state/view';

const colours = ['#6b7280', '#5341dd', '#0b7c79', '#b3560b', '#b02f8b', '#1f8048', '#1f6fc4'];

export const GroupNode = memo(function GroupNode({ id, selected }: NodeProps) {
  const key = id.slice('group:'.length);
  const group = useWorkspace((state) => getOwn(state.document.groups, key));
  const t = useTranslations('group');
  const [draft, setDraft] = useState<string | null>(null);
  if (group === undefined) return null;
  const colour = group.color ?? colours[0] ?? '#6b7280';
  const commit = (): void => {
    if (draft === null) return;
    setDraft(null);
    edit('rename', (document) => {
      const target = getOwn(document.groups, key);
      if (target !== undefined) target.title = draft;
    });
  };
  return (
    <section
      aria-label={t('label', { title: group.title })}
      className="h-full w-full rounded-xl border-2"
      style={{
        borderColor: `color-mix(in oklab, ${colour} 55%, transparent)`,
        background: `color-mix(in oklab, ${colour} 8%, transparent)`,
      }}
    >
      <NodeResizer
        isVisible={selected}
        minWidth={120}
        minHeight={80}
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
            const target = getOwn(document.groups, key);
            if (target === undefined) return;
            target.position = { x: Math.round(box.x), y: Math.round(box.y) };
            target.size = { width: Math.round(box.width), height: Math.round(box.height) };
          });
        }}
      />
      <header className="flex items-center gap-2 px-3 py-1.5">
        {draft === null ? (
          <button
            type="button"
            className="truncate text-left text-[13px] font-semibold"
            style={{ color: `color-mix(in oklab, ${colour} 55%, var(--foreground))` }}
            onDoubleClick={() => setDraft(group.title)}
            title={t('rename')}
          >
            {group.title === '' ? t('untitled') : group.title}
          </button>
        ) : (
          <input
            // oxlint-disable-next-line jsx-a11y/no-autofocus -- opened by the person's own double click
            autoFocus
            aria-label={t('rename')}
            value={draft}
            onChange={(event) => setDraft(event.target.value)}
            onBlur={commit}
            onKeyDown={(event) => {
              if (event.key === 'Enter') commit();
              if (event.key === 'Escape') setDraft(null);
              event.stopPropagation();
            }}
            className="nodrag rounded border border-ring bg-background px-1 text-[13px] font-semibold outline-none"
          />
        )}
        {selected && (
          <span className="nodrag ml-auto flex gap-1">
            {colours.map((choice) => (
              <button
                key={choice}
                type="button"
                aria-label={t('colour', { colour: choice })}
                aria-pressed={choice === colour}
                className="size-4 rounded-full border-2 border-card aria-pressed:border-foreground"
                style={{ background: choice }}
                onClick={() =>
                  edit('colour', (document) => {
                    const target = getOwn(document.groups, key);
                    if (target !== undefined) target.color = choice;
                  })
                }
              />
            ))}
          </span>
        )}
      </header>
    </section>
  );
});
