'use client';
/** Diagnostics in words: by code in the reader's language, with the exact types. */
import { useCallback } from 'react';
import { useTranslations } from 'use-intl';
import { useStoreWithEqualityFn } from 'zustand/traditional';
import type { Diagnostic } from '@/engine';
import { useNodeWords } from '../_i18n/node-text';
import { usePortLabel } from './port-label';
import { useNodeState } from '../_state/node-channel';
import { workspace } from '../_state/workspace';
import { registry } from '@/nodes/registry';

const equal = (a: readonly Diagnostic[], b: readonly Diagnostic[]): boolean =>
  a.length === b.length &&
  a.every((found, index) => found.message === b[index]?.message && found.severity === b[index]?.severity);

/** Findings at a node; re-renders only when they say something else. */
export const useDiagnostics = (node: string): readonly Diagnostic[] =>
  useNodeState(node, (state) => state.inference.diagnosticsOf(node), equal);
/** All findings of the active document. */
export const useAllDiagnostics = (): readonly Diagnostic[] =>
  useStoreWithEqualityFn(workspace, (state) => state.inference.diagnostics, equal);

/** Words a diagnostic. */
export function useDiagnosticText(): (found: Diagnostic) => string {
  const t = useTranslations('diagnostics');
  const port = useTranslations('port');
  const words = useNodeWords();
  const portLabel = usePortLabel();
  return useCallback(
    (found) => {
      const { document } = workspace.getState();
      const node = found.node === undefined ? undefined : document.nodes[found.node];
      const title =
        node === undefined
          ? (found.node ?? '')
          : (node.title ?? words.title(registry.get(node.type), node.type));
      const fieldName = found.path?.split('.').at(-1) ?? '';
      const field = port.has(`fields.${fieldName}` as never)
        ? port(`fields.${fieldName}` as never)
        : fieldName;
      const kind = (type: Diagnostic['gotType'], text: string | undefined) => {
        if (fieldName === 'kind' && type !== undefined) return port(`kinds.${type.kind}`);
        const batch = type?.fields[fieldName];
        const size = typeof batch === 'object' && 'broadcast' in batch ? batch.broadcast : undefined;
        return typeof size === 'number' ? port('one-or', { size }) : (text ?? '?');
      };
      return t(found.code, {
        title,
        port: found.port === undefined ? '' : portLabel(node?.type, found.port),
        field,
        got: kind(found.gotType, found.got),
        want: kind(found.wantType, found.want),
        message: found.message,
      });
    },
    [t, port, words, portLabel],
  );
}
