'use client';
/** Wiring by keyboard: choose a port, then what it goes to. What does not fit is listed with its reason. */
import { getOwn } from '@/engine/types';
import { Command } from 'cmdk';
import { useMemo, useState } from 'react';
import { useTranslations } from 'use-intl';
import { connect } from '@/engine';
import { registry } from '../../_state/nodes';
import { useNodeLabels } from '../../_i18n/node-labels';

import { addNode } from '../../_state/edits';
import { select, selectedNodes, view, type PendingConnection } from '../../_state/view';
import { edit, workspace } from '../../_state/workspace';
import { candidatesFor, verdicts } from '../../_state/fitting';
import { useDiagnosticText } from '../port/diagnostics';
import { ends, tryConnect } from '../canvas/gestures';
import { inOrder } from '../lib/order';
import { usePortLabel } from '../port/label';
import { PortGlyph } from '../port/PortGlyph';
import { match } from '../library/search';
import { SearchDialog, groupStyle, itemStyle } from './SearchDialog';

export function ConnectDialog() {
  const [from, setFrom] = useState<PendingConnection['from'] | null>(null);
  return from === null ? (
    <ChoosePort onChoose={setFrom} />
  ) : (
    <ChooseTarget from={from} onBack={() => setFrom(null)} />
  );
}

function useTitles() {
  const labels = useNodeLabels();
  return (id: string): string => {
    const node = getOwn(workspace.getState().document.nodes, id);
    return node === undefined ? id : (node.title ?? labels.title(registry.get(node.type), node.type));
  };
}

function ChoosePort({ onChoose }: { readonly onChoose: (from: PendingConnection['from']) => void }) {
  const t = useTranslations('wiring');
  const kinds = useTranslations('port');
  const labels = useNodeLabels();
  const titleOf = useTitles();
  const { document, inference } = workspace.getState();
  const chosen = selectedNodes();
  const ids = chosen.length > 0 ? chosen : inOrder(document);
  return (
    <SearchDialog
      title={t('title')}
      placeholder={t('choose-port')}
      filter={(value, query) => match(query, value)}
    >
      {ids.map((id) => {
        const info = inference.nodes.get(id);
        const definition = info?.definition;
        if (info === undefined || definition === undefined) return null;
        const row = (side: 'in' | 'out', port: string) => {
          const type = (side === 'in' ? info.inputs : info.outputs)[port];
          if (type === undefined) return null;
          const { label } = labels.port(
            definition,
            side === 'in' ? 'inputs' : 'outputs',
            port,
            kinds(`kinds.${type.kind}`),
          );
          const connected =
            side === 'in' &&
            Object.values(document.edges).some(({ to }) => to.node === id && to.port === port);
          return (
            <Command.Item
              key={`${side} ${port}`}
              value={`${titleOf(id)} ${label} ${side} ${id}`}
              className={itemStyle}
              onSelect={() => onChoose({ node: id, port, side })}
            >
              <PortGlyph kind={type.kind} />
              <span className="flex-1">{label}</span>
              <span className="text-[11px] text-muted-foreground">
                {t(side === 'in' ? 'input' : 'output')}
                {connected && ` · ${t('connected')}`}
              </span>
            </Command.Item>
          );
        };
        return (
          <Command.Group key={id} heading={titleOf(id)} className={groupStyle}>
            {Object.keys(info.outputs).map((port) => row('out', port))}
            {Object.keys(info.inputs).map((port) => row('in', port))}
          </Command.Group>
        );
      })}
    </SearchDialog>
  );
}

function ChooseTarget({
  from,
  onBack,
}: {
  readonly from: PendingConnection['from'];
  readonly onBack: () => void;
}) {
  const t = useTranslations('wiring');
  const labels = useNodeLabels();
  const titleOf = useTitles();
  const text = useDiagnosticText();
  const portLabel = usePortLabel();
  const { nodes } = workspace.getState().document;
  const other = from.side === 'out' ? 'inputs' : 'outputs';
  const labelAt = (node: string, port: string): string => portLabel(nodes[node]?.type, port, other);
  const { found, fresh } = useMemo(() => {
    const { inference } = workspace.getState();
    return { found: verdicts(inference, from), fresh: candidatesFor(inference, from) };
  }, [from]);
  const ports = [...found.verdicts].map(([key, verdict]) => {
    const [node = '', , port = ''] = key.split(' ');
    return { node, port, verdict };
  });
  const kind = workspace.getState().inference.portType(from.node, from.side, from.port)?.kind;
  const close = (): void => view.setState({ dialog: null });
  const item = ({ node, port, verdict }: (typeof ports)[number]) => (
    <Command.Item
      key={`${node} ${port}`}
      value={`${titleOf(node)} ${labelAt(node, port)} ${port} ${node}`}
      className={itemStyle}
      onSelect={() => {
        close();
        const edge = ends(from, { node, port });
        if (tryConnect(edge.from, edge.to, { x: innerWidth / 2 - 190, y: innerHeight / 3 })) select([node]);
      }}
    >
      <span className="min-w-0 flex-1">
        <span className="font-medium">{titleOf(node)}</span>{' '}
        <span className="text-muted-foreground">{labelAt(node, port)}</span>
        {verdict !== null && <span className="block text-[11px] text-destructive">{text(verdict)}</span>}
      </span>
    </Command.Item>
  );
  return (
    <SearchDialog
      title={t('title')}
      placeholder={t(from.side === 'out' ? 'choose-input' : 'choose-output')}
      filter={(value, query) => match(query, value)}
      onBack={onBack}
      header={
        <p className="flex items-center gap-2 border-b border-border bg-muted px-4 py-2 text-xs text-muted-foreground">
          {kind !== undefined && <PortGlyph kind={kind} size={12} />}
          {t('from', {
            title: titleOf(from.node),
            port: portLabel(nodes[from.node]?.type, from.port, from.side === 'out' ? 'outputs' : 'inputs'),
          })}
        </p>
      }
    >
      <Command.Group heading={t('fits')} className={groupStyle}>
        {ports.filter(({ verdict }) => verdict === null).map(item)}
      </Command.Group>
      <Command.Group heading={t('new')} className={groupStyle}>
        {fresh.map(({ definition, port }) => (
          <Command.Item
            key={definition.id}
            value={`${labels.title(definition, '')} ${definition.id} ${(definition.aliases ?? []).join(' ')}`}
            className={itemStyle}
            onSelect={() => {
              close();
              if (port === undefined) return;
              const at = getOwn(workspace.getState().document.nodes, from.node)?.position ?? { x: 0, y: 0 };
              edit('add', (draft) => {
                const shift = from.side === 'out' ? 320 : -320;
                const node = addNode(draft, definition, { x: at.x + shift, y: at.y });
                const edge = ends(from, { node, port });
                connect(draft, edge.from, edge.to);
                queueMicrotask(() => select([node]));
              });
            }}
          >
            <span className="flex-1">{labels.title(definition, '')}</span>
            <span className="text-[11px] text-muted-foreground">
              {portLabel(definition.id, port ?? '', other)}
            </span>
          </Command.Item>
        ))}
      </Command.Group>
      <Command.Group heading={t('refuses')} className={groupStyle}>
        {ports.filter(({ verdict }) => verdict !== null).map(item)}
      </Command.Group>
    </SearchDialog>
  );
}
