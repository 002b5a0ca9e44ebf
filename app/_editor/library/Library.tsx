'use client';
/** The side list of nodes: search, then drag onto the canvas or press to add. */
import { Search, X } from 'lucide-react';
import { useState } from 'react';
import { useTranslations } from 'use-intl';
import { registry, useLoadedPacks } from '../../_state/nodes';
import { useNodeLabels } from '../../_i18n/node-labels';
import { addNode } from '../../_state/edits';
import { placeForNew } from '../../_state/flow';
import { prefer } from '../../_state/preferences';
import { select } from '../../_state/view';
import { edit } from '../../_state/workspace';
import { IconButton } from '../../_ui/Button';
import { categories, categoryColour } from '../port/category';
import { PortGlyph } from '../port/PortGlyph';
import { searchNodes } from './search';
import { dragType } from '../lib/drag';
import type { AnyNode } from '@/engine';

export function Library() {
  const t = useTranslations('library');
  const tc = useTranslations('categories');
  const labels = useNodeLabels();
  useLoadedPacks();
  const [query, setQuery] = useState('');
  const hits = searchNodes(registry.all(), query, labels);
  const groups =
    query.trim() === ''
      ? categories
          .map((category) => ({ category, hits: hits.filter((hit) => hit.definition.category === category) }))
          .filter((group) => group.hits.length > 0)
      : [{ category: undefined, hits }];
  return (
    <aside
      aria-label={t('label')}
      className="flex h-full w-56 shrink-0 flex-col border-r border-border bg-card"
    >
      <div className="flex items-center gap-1 p-2">
        <label className="flex h-8 min-w-0 flex-1 items-center gap-2 rounded-md border border-border bg-background px-2 focus-within:border-ring">
          <Search size={14} className="shrink-0 text-muted-foreground" />
          <input
            type="search"
            value={query}
            onChange={(event) => setQuery(event.target.value)}
            aria-label={t('search')}
            placeholder={t('search')}
            className="w-full min-w-0 bg-transparent text-xs outline-none placeholder:text-muted-foreground"
          />
        </label>
        <IconButton small label={t('hide')} onClick={() => prefer({ library: false })}>
          <X size={14} />
        </IconButton>
      </div>
      <div className="min-h-0 flex-1 overflow-auto px-2 pb-3">
        {hits.length === 0 && (
          <p className="px-2 py-6 text-center text-xs text-muted-foreground">{t('empty')}</p>
        )}
        {groups.map((group) => (
          <section key={group.category ?? 'found'} className="mb-1">
            {group.category !== undefined && (
              <h2 className="flex items-center gap-2 px-1.5 pt-2 pb-1 text-[11px] font-semibold tracking-wide text-muted-foreground">
                <span
                  className="size-2 rounded-full"
                  style={{ background: categoryColour(group.category) }}
                />
                {tc(group.category)}
              </h2>
            )}
            <ul>
              {group.hits.map(({ definition }) => (
                <Item
                  key={definition.id}
                  definition={definition}
                  title={labels.title(definition, '')}
                  doc={labels.doc(definition)}
                />
              ))}
            </ul>
          </section>
        ))}
      </div>
      <p className="border-t border-border px-3 py-2 text-[11px] text-muted-foreground">{t('hint')}</p>
    </aside>
  );
}

function Item({
  definition,
  title,
  doc,
}: {
  readonly definition: AnyNode;
  readonly title: string;
  readonly doc: string;
}) {
  const kinds = [...new Set(Object.values(definition.outputs).map((port) => port.type.kind))];
  const add = (): void =>
    edit('add', (draft) => {
      const { flow } = placeForNew();
      const id = addNode(draft, definition, { x: flow.x - 120, y: flow.y - 40 });
      queueMicrotask(() => select([id]));
    });
  return (
    <li>
      <button
        type="button"
        draggable
        title={doc}
        onDragStart={(event) => {
          event.dataTransfer.setData(dragType, definition.id);
          event.dataTransfer.effectAllowed = 'copy';
        }}
        onClick={add}
        className="flex w-full cursor-grab items-center gap-2 rounded-md px-2 py-1.5 text-left text-[12.5px] hover:bg-muted active:cursor-grabbing"
      >
        <span className="min-w-0 flex-1 truncate">{title}</span>
        <span className="flex shrink-0 gap-0.5">
          {kinds.map((kind) => (
            <PortGlyph key={kind} kind={kind} size={11} />
          ))}
        </span>
      </button>
    </li>
  );
}
