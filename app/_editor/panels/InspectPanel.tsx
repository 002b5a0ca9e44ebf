'use client';
/** What flows on the edge that was clicked. */
import { getOwn } from '@/engine/types';
import { useMemo } from 'react';
import { useTranslations } from 'use-intl';
import { registry } from '../../_state/nodes';
import { Inspector } from '../../_inspect/Inspector';
import { useNodeLabels } from '../../_i18n/node-labels';
import { samplerBehind } from '../../_state/samplers';
import { inspectClient } from '../../_state/run-control';
import { prefer } from '../../_state/preferences';
import { useRun } from '../../_state/run-store';
import { useView, view } from '../../_state/view';
import { useWorkspace } from '../../_state/workspace';
import { usePortLabel } from '../port/label';
import { TypeLine } from '../port/ConnectionError';

export function InspectPanel() {
  const t = useTranslations('dock');
  const labels = useNodeLabels();
  const portLabel = usePortLabel();
  const inspected = useView((state) => state.inspected);
  const selected = useView((state) => [...state.selection].find((id) => !id.includes(':')) ?? null);
  const version = useRun((state) => state.version);
  const document = useWorkspace((state) => state.document);
  const tab = useWorkspace((state) => state.active);
  // Without an edge: the first output of the selected node.
  const end = useMemo(() => {
    if (inspected !== null && getOwn(document.nodes, inspected.node) !== undefined) return inspected;
    const definition =
      selected === null ? undefined : registry.get(getOwn(document.nodes, selected)?.type ?? '');
    const [port] = Object.keys(definition?.outputs ?? {});
    return selected === null || port === undefined ? null : { node: selected, port };
  }, [inspected, selected, document]);
  const type = useWorkspace(({ inference }) =>
    end === null ? undefined : inference.portType(end.node, 'out', end.port),
  );
  const sampler = end === null ? undefined : samplerBehind(document, end.node);
  const node = end === null ? undefined : getOwn(document.nodes, end.node);
  const title =
    node === undefined || end === null
      ? ''
      : `${node.title ?? labels.title(registry.get(node.type), node.type)} › ${portLabel(node.type, end.port, 'outputs')}`;
  return (
    <div>
      {type !== undefined && (
        <div className="border-b border-border px-4 py-2.5">
          <TypeLine type={type} caption={t('type')} />
        </div>
      )}
      <Inspector
        client={inspectClient}
        target={end === null ? null : { ...end, tab, title }}
        version={version}
        onOpenTrajectory={
          sampler === undefined
            ? undefined
            : () => {
                view.setState({ trajectory: sampler });
                prefer({ dock: 'trajectory' });
              }
        }
      />
    </div>
  );
}
