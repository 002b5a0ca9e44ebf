'use client';
/**
 * The graph as a list, in the order in which it runs: the same graph for
 * screen readers, phones and keyboards, with every form and every edge.
 */
import { getOwn } from '@/engine/types';
import { Cable, ChevronDown, ChevronRight, Play, Trash2, Unplug } from 'lucide-react';
import { memo, useState } from 'react';
import { useTranslations } from 'use-intl';
import { registry } from '../../_state/nodes';
import { perform } from '../../_actions/commands';
import { useNodeLabels } from '../../_i18n/node-labels';
import { flow } from '../../_state/flow';
import { useRun } from '../../_state/run-store';
import { useStale } from '../../_state/stale-store';
import { select, useView, view } from '../../_state/view';
import { useNode } from '../../_state/node-channel';
import { edit, useWorkspace, workspace } from '../../_state/workspace';
import { IconButton } from '../../_ui/Button';
import { useDiagnosticText, useDiagnostics } from '../port/diagnostics';
import { fieldsOfNode } from '../../_state/fields';
import { Pictures } from '../node/Pictures';
import { NodeFailure } from '../node/NodeFailure';
import { ProgressLine, StatusIcon } from '../node/NodeStatus';
import { ParamForm } from '../form/ParamForm';
import { usePortLabel } from '../port/label';
import { PortGlyph } from '../port/PortGlyph';
import { inOrder } from '../lib/order';

export function ListPanel({ touch = false }: { readonly touch?: boolean }) {
  const t = useTranslations('list');
  const joined = useWorkspace(({ document }) => inOrder(document).join('\n'));
  const ids = joined === '' ? [] : joined.split('\n');
  if (ids.length === 0) return <p className="p-6 text-center text-xs text-muted-foreground">{t('empty')}</p>;
  return (
    <ol aria-label={t('label')} className="divide-y divide-border">
      {ids.map((id, index) => (
        <Row key={id} id={id} index={index} touch={touch} />
      ))}
    </ol>
  );
}

const Row = memo(function Row({
  id,
  index,
  touch,
}: {
  readonly id: string;
  readonly index: number;
  readonly touch: boolean;
}) {
  const t = useTranslations('list');
  const node = useNode(id);
  const labels = useNodeLabels();
  const portLabel = usePortLabel();
  const tab = useWorkspace((state) => state.active);
  const run = useRun((state) => getOwn(state.nodes, tab)?.[id]);
  const stale = useStale(id);
  const pictures = useRun((state) => state.pictures[tab]?.[id]);
  const chosen = useView((state) => state.selection.has(id));
  const found = useDiagnostics(id);
  const text = useDiagnosticText();
  const [open, setOpen] = useState(false);
  const connections = useWorkspace(({ document }) =>
    Object.entries(document.edges)
      .filter(([, edge]) => edge.to.node === id)
      .map(([edge, { from, to }]) => [edge, to.port, from.node, from.port].join('\t'))
      .join('\n'),
  );
  if (node === undefined) return null;
  const definition = registry.get(node.type);
  const title = node.title ?? labels.title(definition, node.type);
  const expanded = open || (touch && chosen);
  const { nodes } = workspace.getState().document;
  const titleOf = (other: string): string =>
    nodes[other]?.title ?? labels.title(registry.get(nodes[other]?.type ?? ''), other);
  const hasForm =
    definition !== undefined && fieldsOfNode(definition).some((field) => field.widget !== 'hidden');
  return (
    <li className={chosen ? 'bg-accent/50' : ''}>
      <div className="flex items-center gap-1 px-2 py-1.5">
        <button
          type="button"
          aria-expanded={expanded}
          onClick={() => {
            setOpen(!expanded);
            select([id]);
            if (!touch) void flow()?.fitView({ nodes: [{ id }], duration: 200, maxZoom: 1, padding: 0.6 });
          }}
          className="flex min-h-8 min-w-0 flex-1 items-center gap-2 text-left"
        >
          {expanded ? <ChevronDown size={14} /> : <ChevronRight size={14} />}
          <span className="w-5 text-right text-[11px] text-muted-foreground tabular-nums">{index + 1}</span>
          <span className="min-w-0 flex-1 truncate text-[13px] font-medium">{title}</span>
          {node.mode !== undefined && node.mode !== 'active' && (
            <span className="text-[11px] text-warning">{t(`mode-${node.mode}`)}</span>
          )}
          <StatusIcon run={run} stale={stale} />
        </button>
        {!touch && (
          <>
            <IconButton
              small
              label={t('connect', { title })}
              onClick={() => {
                select([id]);
                view.setState({ dialog: 'connect' });
              }}
            >
              <Cable size={13} />
            </IconButton>
            <IconButton
              small
              label={t('run', { title })}
              onClick={() => perform('run-here', { nodes: [id] })}
            >
              <Play size={13} />
            </IconButton>
            <IconButton
              small
              label={t('delete', { title })}
              onClick={() => perform('delete', { nodes: [id] })}
            >
              <Trash2 size={13} />
            </IconButton>
          </>
        )}
      </div>
      {expanded && (
        <div className="space-y-2 pr-3 pb-3 pl-9">
          {connections !== '' && (
            <ul className="space-y-1 text-xs">
              {connections.split('\n').map((line) => {
                const [edge = '', port = '', source = '', output = ''] = line.split('\t');
                const kind = definition?.inputs[port]?.type.kind;
                return (
                  <li key={edge} className="flex items-center gap-1.5">
                    {kind !== undefined && <PortGlyph kind={kind} size={11} />}
                    <span className="min-w-0 flex-1 truncate text-muted-foreground">
                      {t('from', {
                        port: portLabel(node.type, port, 'inputs'),
                        source: titleOf(source),
                        output: portLabel(nodes[source]?.type, output, 'outputs'),
                      })}
                    </span>
                    {!touch && (
                      <IconButton
                        small
                        label={t('unplug', { port: portLabel(node.type, port, 'inputs') })}
                        onClick={() =>
                          edit('disconnect', (draft) => {
                            delete draft.edges[edge];
                          })
                        }
                      >
                        <Unplug size={13} />
                      </IconButton>
                    )}
                  </li>
                );
              })}
            </ul>
          )}
          {found.map((one) => (
            <p key={`${one.code} ${one.port ?? ''}`} className="text-xs text-destructive">
              {text(one)}
            </p>
          ))}
          {hasForm && definition !== undefined && <ParamForm id={id} definition={definition} wide />}
          {run?.is === 'failed' && <NodeFailure error={run.error} />}
          {pictures !== undefined && pictures.length > 0 && <Pictures pictures={pictures} label={title} />}
        </div>
      )}
      {run?.is === 'running' && <ProgressLine run={run} />}
    </li>
  );
});
