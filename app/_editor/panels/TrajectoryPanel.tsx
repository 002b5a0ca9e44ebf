'use client';
/** The steps of a sampling, and branching off from one. */
import { getOwn } from '@/engine/types';
import { registry } from '../../_state/nodes';
import { boxOf } from '../../_state/boxes';
import { Trajectory } from '../../_inspect/Trajectory';
import { useNodeLabels } from '../../_i18n/node-labels';
import { branchFrom } from '../../_state/branch';
import { inspectClient } from '../../_state/run-control';
import { fitPadding, flow } from '../../_state/flow';
import { useRun } from '../../_state/run-store';
import { samplerAmong } from '../../_state/samplers';
import { select, useView } from '../../_state/view';
import { edit, useWorkspace, workspace } from '../../_state/workspace';

export function TrajectoryPanel() {
  const labels = useNodeLabels();
  const version = useRun((state) => state.version);
  const tab = useWorkspace((state) => state.active);
  const selection = useView((state) => state.selection);
  const opened = useView((state) => state.trajectory);
  // A sampler that is chosen, else the one that was asked for, else the first.
  const id = useWorkspace(
    ({ document }) =>
      samplerAmong(document, selection) ??
      samplerAmong(document, opened === null ? [] : [opened]) ??
      samplerAmong(document) ??
      null,
  );
  const node = useWorkspace(({ document }) => (id === null ? undefined : getOwn(document.nodes, id)));
  const title = node === undefined ? '' : (node.title ?? labels.title(registry.get(node.type), node.type));
  return (
    <Trajectory
      key={tab}
      client={inspectClient}
      node={id}
      title={title}
      version={version}
      onBranch={({ node: sampler, step }) => {
        const boxes = Object.keys(workspace.getState().document.nodes).flatMap((other) => boxOf(other) ?? []);
        const bottom = Math.max(...boxes.map((box) => box.y + box.height));
        const top = boxOf(sampler)?.y ?? 0;
        edit('branch', (draft) => {
          const branch = branchFrom(draft, sampler, step, bottom - top + 60);
          if (branch === undefined) return;
          queueMicrotask(() => select([branch]));
          setTimeout(() => void flow()?.fitView({ duration: 300, padding: fitPadding() }), 80);
        });
      }}
    />
  );
}
