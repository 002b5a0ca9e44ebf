'use client';
/** The search palette: at the cursor, over everything or over what fits an edge. */
import { getOwn } from '@/engine/types';
import { Command } from 'cmdk';
import { Search } from 'lucide-react';
import { useEffect, useMemo, useRef, useState } from 'react';
import { useTranslations } from 'use-intl';
import { connect } from '@/engine';
import { registry } from '../../_state/nodes';
import { useNodeLabels } from '../../_i18n/node-labels';

import { addNode, insertOnEdge } from '../../_state/edits';
import { select, useView, view, type PaletteRequest } from '../../_state/view';
import { edit, workspace } from '../../_state/workspace';
import { candidatesFor, candidatesOnEdge, type Candidate } from '../../_state/fitting';
import { ends } from '../canvas/gestures';
import { categoryColour } from '../port/category';
import { usePortLabel } from '../port/label';
import { PortGlyph } from '../port/PortGlyph';
import { searchNodes } from '../library/search';

const width = 340;
const height = 380;

export function Palette() {
  const request = useView((state) => state.palette);
  return request === null ? null : <Open key={`${request.screen.x} ${request.screen.y}`} request={request} />;
}

function Open({ request }: { readonly request: PaletteRequest }) {
  const t = useTranslations('palette');
  const tc = useTranslations('categories');
  const labels = useNodeLabels();
  const portLabel = usePortLabel();
  const [query, setQuery] = useState('');
  const box = useRef<HTMLDivElement>(null);
  const { from, edge } = request;
  const candidates = useMemo<readonly Candidate[]>(() => {
    const { inference } = workspace.getState();
    if (from !== undefined) return candidatesFor(inference, from);
    if (edge !== undefined) return candidatesOnEdge(inference, edge);
    return registry.all().map((definition) => ({ definition }));
  }, [from, edge]);
  const hits = searchNodes(
    candidates.map(({ definition }) => definition),
    query,
    labels,
  );
  const close = (): void => view.setState({ palette: null });
  useEffect(() => {
    const outside = (event: PointerEvent): void => {
      if (event.target instanceof Node && box.current?.contains(event.target) === false) close();
    };
    const previous = document.activeElement;
    addEventListener('pointerdown', outside, true);
    return () => {
      removeEventListener('pointerdown', outside, true);
      if (previous instanceof HTMLElement) previous.focus();
    };
  }, []);

  const add = (id: string): void => {
    const candidate = candidates.find(({ definition }) => definition.id === id);
    close();
    if (candidate === undefined) return;
    const { definition, port, output } = candidate;
    // An edge comes in from the left or goes out to the right of the new node.
    const shift =
      from === undefined ? { x: -120, y: -16 } : from.side === 'out' ? { x: 0, y: -40 } : { x: -248, y: -40 };
    edit('add', (draft) => {
      const node = addNode(draft, definition, { x: request.flow.x + shift.x, y: request.flow.y + shift.y });
      if (from !== undefined && port !== undefined) {
        const connection = ends(from, { node, port });
        connect(draft, connection.from, connection.to);
      }
      if (edge !== undefined && port !== undefined && output !== undefined)
        insertOnEdge(draft, edge, node, port, output);
      queueMicrotask(() => select([node]));
    });
  };

  const left = Math.max(8, Math.min(request.screen.x, innerWidth - width - 8));
  const top = Math.max(8, Math.min(request.screen.y, innerHeight - height - 8));
  const fromType = getOwn(workspace.getState().document.nodes, from?.node ?? '')?.type;
  const kind =
    from === undefined
      ? undefined
      : workspace.getState().inference.portType(from.node, from.side, from.port)?.kind;
  return (
    <div
      ref={box}
      role="dialog"
      aria-label={t('label')}
      className="fixed z-[70]"
      style={{ left, top, width: Math.min(width, innerWidth - 16) }}
    >
      <Command
        label={t('label')}
        shouldFilter={false}
        loop
        className="overflow-hidden rounded-xl border border-border bg-popover text-popover-foreground shadow-2xl"
        onKeyDown={(event) => {
          if (event.key === 'Escape') {
            event.stopPropagation();
            close();
          }
        }}
      >
        <div className="flex items-center gap-2 border-b border-border px-3">
          <Search size={15} className="shrink-0 text-muted-foreground" />
          <Command.Input
            autoFocus
            value={query}
            onValueChange={setQuery}
            placeholder={t('placeholder')}
            className="h-10 w-full bg-transparent text-[13px] outline-none placeholder:text-muted-foreground"
          />
        </div>
        {kind !== undefined && (
          <p className="flex items-center gap-1.5 border-b border-border bg-muted px-3 py-1.5 text-xs text-muted-foreground">
            <PortGlyph kind={kind} size={12} />
            {t(from?.side === 'out' ? 'takes' : 'gives', {
              port: portLabel(fromType, from?.port ?? '', from?.side === 'out' ? 'outputs' : 'inputs'),
            })}
          </p>
        )}
        {edge !== undefined && (
          <p className="border-b border-border bg-muted px-3 py-1.5 text-xs text-muted-foreground">
            {t('on-wire')}
          </p>
        )}
        <Command.List className="max-h-[310px] overflow-auto p-1">
          <Command.Empty className="px-3 py-6 text-center text-xs text-muted-foreground">
            {t('empty')}
          </Command.Empty>
          {hits.map(({ definition, alias }) => (
            <Command.Item
              key={definition.id}
              value={definition.id}
              onSelect={add}
              className="flex cursor-default items-center gap-2.5 rounded-md px-2 py-1.5 data-[selected=true]:bg-accent data-[selected=true]:text-accent-foreground"
            >
              <span
                className="h-6 w-1 rounded-full"
                style={{ background: categoryColour(definition.category) }}
              />
              <span className="min-w-0 flex-1">
                <span className="block truncate text-[13px] font-medium">
                  {labels.title(definition, '')}
                  {alias !== undefined && (
                    <span className="ml-1.5 text-xs font-normal text-muted-foreground">({alias})</span>
                  )}
                </span>
                <span className="block truncate text-[11px] text-muted-foreground">
                  {labels.doc(definition)}
                </span>
              </span>
              <span className="shrink-0 text-[11px] text-muted-foreground">{tc(definition.category)}</span>
            </Command.Item>
          ))}
        </Command.List>
      </Command>
    </div>
  );
}
