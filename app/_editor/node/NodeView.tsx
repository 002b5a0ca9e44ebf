'use client';
/** A node on the canvas, made from its definition alone: ports, form, results, progress, errors. */
import { getOwn } from '@/engine/types';
import { clsx } from 'clsx';
import { AlertTriangle, ChevronDown, ChevronRight, EyeOff, Play, Redo2, BookOpen } from 'lucide-react';
import { memo, useState } from 'react';
import { NodeResizeControl, type NodeProps } from 'reactflow';
import { useTranslations } from 'use-intl';
import { registry } from '../../_state/nodes';
import { perform } from '../../_actions/commands';
import { useNodeLabels } from '../../_i18n/node-labels';
import { useRun } from '../../_state/run-store';
import { useStale } from '../../_state/stale-store';
import { useNode, useNodeState } from '../../_state/node-channel';
import { edit } from '../../_state/workspace';
import { gesture, useView } from '../../_state/view';
import { useDiagnosticText, useDiagnostics } from '../port/diagnostics';
import { fieldsOfNode } from '../../_state/fields';
import { ParamForm } from '../form/ParamForm';
import { Pictures } from './Pictures';
import { useUnknownPorts } from './unknown-ports';
import { ComparePictures } from './ComparePictures';
import { NodeFailure } from './NodeFailure';
import { NodePort } from './NodePort';
import { ProgressLine, StatusIcon } from './NodeStatus';
import { useFormat } from '../../_i18n/format';
import { categoryColour } from '../port/category';

/** While a node is dragged React Flow hands it a new position with every move; nothing in it depends on where it is. */
const sameAppearance = (a: NodeProps, b: NodeProps): boolean => a.id === b.id && a.selected === b.selected;

export const NodeView = memo(function NodeView({ id, selected }: NodeProps) {
  const node = useNode(id);
  const t = useTranslations('node');
  const labels = useNodeLabels();
  const tab = useNodeState(id, (state) => state.active);
  const run = useRun((state) => getOwn(state.nodes, tab)?.[id]);
  const stale = useStale(id);
  const pictures = useRun((state) => state.pictures[tab]?.[id]);
  const diagnostics = useDiagnostics(id);
  const definition = node === undefined ? undefined : registry.get(node.type);
  const knownIn = definition === undefined ? [] : Object.keys(definition.inputs);
  const knownOut = definition === undefined ? [] : Object.keys(definition.outputs);
  const unknownIn = useUnknownPorts(id, 'in', knownIn);
  const unknownOut = useUnknownPorts(id, 'out', knownOut);
  if (node === undefined) return null;

  const inputs = [...knownIn, ...unknownIn];
  const outputs = [...knownOut, ...unknownOut];
  const title = node.title ?? labels.title(definition, node.type);
  const collapsed = node.collapsed === true;
  const failed = run?.is === 'failed';
  const blocked = diagnostics.some((found) => found.severity === 'error');
  return (
    <article
      aria-label={t('label', { title })}
      data-mode={node.mode ?? 'active'}
      className={clsx(
        'loom-node group/node relative rounded-lg border bg-card text-card-foreground shadow-node',
        selected ? 'border-primary ring-2 ring-primary/35' : 'border-border',
        run?.is === 'running' && 'loom-node-running',
        failed && 'border-destructive ring-2 ring-destructive/25',
        node.mode === 'mute' && 'opacity-50 grayscale',
        node.mode === 'bypass' && 'border-dashed border-warning opacity-80',
      )}
    >
      <header
        className={clsx(
          'flex h-8 items-center gap-1 rounded-t-[7px] pr-1 pl-1.5',
          collapsed && 'rounded-b-[7px]',
        )}
        style={{
          background: `color-mix(in oklab, ${categoryColour(definition?.category)} 13%, var(--card))`,
        }}
      >
        <button
          type="button"
          className="nodrag flex size-5 items-center justify-center rounded text-muted-foreground hover:bg-foreground/10"
          aria-label={t(collapsed ? 'expand' : 'collapse')}
          aria-expanded={!collapsed}
          onClick={() => perform('collapse', { nodes: [id] })}
        >
          {collapsed ? <ChevronRight size={14} /> : <ChevronDown size={14} />}
        </button>
        <TitleText id={id} title={title} />
        {node.mode === 'mute' && (
          <EyeOff size={13} className="text-muted-foreground" aria-label={t('muted')} />
        )}
        {node.mode === 'bypass' && <Redo2 size={13} className="text-warning" aria-label={t('bypassed')} />}
        <span className="flex items-center opacity-0 transition-opacity group-focus-within/node:opacity-100 group-hover/node:opacity-100 pointer-coarse:opacity-100">
          <HeaderButton label={t('docs')} onClick={() => perform('docs', { nodes: [id] })}>
            <BookOpen size={13} />
          </HeaderButton>
          <HeaderButton label={t('run-here')} onClick={() => perform('run-here', { nodes: [id] })}>
            <Play size={13} />
          </HeaderButton>
        </span>
        <StatusIcon run={run} stale={stale} />
        {run === undefined && blocked && (
          <span
            title={t('has-problems')}
            role="img"
            aria-label={t('has-problems')}
            className="text-destructive"
          >
            <AlertTriangle size={13} />
          </span>
        )}
      </header>
      {collapsed ? (
        <div className="pointer-events-none absolute inset-x-0 top-4">
          {inputs.map((port) => (
            <NodePort key={`in ${port}`} node={id} side="in" port={port} definition={definition} bare />
          ))}
          {outputs.map((port) => (
            <NodePort key={`out ${port}`} node={id} side="out" port={port} definition={definition} bare />
          ))}
        </div>
      ) : (
        <>
          {inputs.length + outputs.length > 0 && (
            <div className="grid grid-cols-2 gap-x-2 py-1.5">
              <div>
                {inputs.map((port) => (
                  <NodePort key={port} node={id} side="in" port={port} definition={definition} />
                ))}
              </div>
              <div>
                {outputs.map((port) => (
                  <NodePort key={port} node={id} side="out" port={port} definition={definition} />
                ))}
              </div>
            </div>
          )}
          {definition === undefined ? (
            <p className="mx-2.5 mb-2.5 rounded-md bg-warning-soft px-2 py-1.5 text-xs text-warning">
              {t('unknown', { type: node.type })}
            </p>
          ) : (
            fieldsOfNode(definition).length > 0 && <ParamForm id={id} definition={definition} />
          )}
          {pictures !== undefined && pictures.length > 0 && (
            <div className="px-2.5 pb-2">
              {definition?.shows === 'compare' && pictures.length > 1 ? (
                <ComparePictures id={id} pictures={pictures} label={t('picture', { title })} />
              ) : (
                <Pictures pictures={pictures} label={t('picture', { title })} />
              )}
            </div>
          )}
          {run?.is === 'running' && <ProgressLine run={run} />}
          {run?.is === 'failed' && <NodeFailure error={run.error} />}
          {!failed && <Problems id={id} />}
          <Footer run={run} />
        </>
      )}
      {!collapsed && <Resizer id={id} visible={selected} />}
    </article>
  );
}, sameAppearance);

function HeaderButton({
  label,
  onClick,
  children,
}: {
  readonly label: string;
  readonly onClick: () => void;
  readonly children: React.ReactNode;
}) {
  return (
    <button
      type="button"
      title={label}
      aria-label={label}
      onClick={onClick}
      className="nodrag flex size-5 items-center justify-center rounded text-muted-foreground hover:bg-foreground/10 hover:text-foreground"
    >
      {children}
    </button>
  );
}

/** The title; a double click renames. */
function TitleText({ id, title }: { readonly id: string; readonly title: string }) {
  const [draft, setDraft] = useState<string | null>(null);
  const t = useTranslations('node');
  if (draft === null)
    return (
      <span
        className="min-w-0 flex-1 truncate text-[12.5px] font-semibold"
        title={title}
        onDoubleClick={() => setDraft(title)}
      >
        {title}
      </span>
    );
  const commit = (): void => {
    setDraft(null);
    edit('rename', (document) => {
      const node = getOwn(document.nodes, id);
      if (node === undefined) return;
      if (draft.trim() === '') delete node.title;
      else node.title = draft.trim();
    });
  };
  return (
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
      className="nodrag min-w-0 flex-1 rounded border border-ring bg-background px-1 text-[12.5px] font-semibold outline-none"
    />
  );
}

/** What inference says about this node, one line each. */
function Problems({ id }: { readonly id: string }) {
  const diagnostics = useDiagnostics(id);
  const text = useDiagnosticText();
  // An input that waits for its wire is said by the port itself; the rest needs words.
  const shown = diagnostics.filter((found) => found.code !== 'missing-input');
  if (shown.length === 0) return null;
  return (
    <ul className="mx-2.5 mb-2 space-y-1">
      {shown.slice(0, 3).map((found) => (
        <li
          key={`${found.code} ${found.port ?? ''} ${found.path ?? ''}`}
          className={clsx(
            'rounded-md px-2 py-1 text-[11.5px]',
            found.severity === 'error'
              ? 'bg-destructive-soft text-destructive'
              : 'bg-warning-soft text-warning',
          )}
        >
          {text(found)}
        </li>
      ))}
    </ul>
  );
}

function Footer({ run }: { readonly run: import('../../_state/run-store').NodeRun | undefined }) {
  const t = useTranslations('status');
  const format = useFormat();
  if (run?.is === 'done')
    return (
      <footer className="px-2.5 pb-1.5 text-right text-[11px] text-muted-foreground tabular-nums">
        {format.duration(run.ms)}
      </footer>
    );
  if (run?.is === 'cached')
    return (
      <footer className="px-2.5 pb-1.5 text-right text-[11px] text-muted-foreground">{t('cached')}</footer>
    );
  return null;
}

function Resizer({ id, visible }: { readonly id: string; readonly visible: boolean }) {
  const still = useView((state) => state.pending === null);
  if (!visible || !still) return null;
  return (
    <NodeResizeControl
      position="right"
      resizeDirection="horizontal"
      minWidth={190}
      maxWidth={720}
      className="loom-resize"
      onResize={(_, size) =>
        gesture.setState(({ resize }) => ({
          resize: new Map(resize).set(id, { width: size.width, height: size.height }),
        }))
      }
      onResizeEnd={(_, size) => {
        gesture.setState({ resize: new Map() });
        edit('resize', (draft) => {
          const node = getOwn(draft.nodes, id);
          if (node !== undefined)
            node.size = { width: Math.round(size.width), height: Math.round(size.height) };
        });
      }}
    />
  );
}
