'use client';
/** Diagnostics in words: by code in the reader's language, with the exact types. */
import { getOwn } from '@/engine/types';
import { useCallback } from 'react';
import { useTranslations } from 'use-intl';
import { useStoreWithEqualityFn } from 'zustand/traditional';
import { phraseOf, type Diagnostic, type TypeExpression } from '@/engine';
import { useNodeLabels } from '../../_i18n/node-labels';
import { expressionText } from '../../_i18n/expression-text';
import { usePortLabel } from './label';
import { useNodeState } from '../../_state/node-channel';
import { workspace } from '../../_state/workspace';
import { registry } from '../../_state/nodes';

const equal = (a: readonly Diagnostic[], b: readonly Diagnostic[]): boolean =>
  a.length === b.length &&
  a.every((found, index) => found.message === b[index]?.message && found.severity === b[index]?.severity);

/** Diagnostics at a node; re-renders only when they say something else. */
export const useDiagnostics = (node: string): readonly Diagnostic[] =>
  useNodeState(node, (state) => state.inference.diagnosticsOf(node), equal);
/** All diagnostics of the active document. */
export const useAllDiagnostics = (): readonly Diagnostic[] =>
  useStoreWithEqualityFn(workspace, (state) => state.inference.diagnostics, equal);

/** Words a diagnostic. */
export function useDiagnosticText(): (found: Diagnostic) => string {
  const t = useTranslations('diagnostics');
  const port = useTranslations('port');
  const expression = useTranslations('expression');
  const labels = useNodeLabels();
  const portLabel = usePortLabel();
  return useCallback(
    (found) => {
      const { document } = workspace.getState();
      const node = found.node === undefined ? undefined : getOwn(document.nodes, found.node);
      const titleOf = (id: string): string => {
        const named = getOwn(document.nodes, id);
        return named === undefined ? id : (named.title ?? labels.title(registry.get(named.type), named.type));
      };
      const fieldName = found.path?.split('.').at(-1) ?? '';
      const field = port.has(`fields.${fieldName}` as never)
        ? port(`fields.${fieldName}` as never)
        : fieldName;
      const said = (
        type: Diagnostic['gotType'],
        value: TypeExpression | undefined,
        text: string | undefined,
      ) => {
        if (fieldName === 'kind' && type !== undefined) return port(`kinds.${type.kind}`);
        return value === undefined ? (text ?? '?') : expressionText(phraseOf(value), expression, titleOf);
      };
      const title = found.node === undefined ? '' : titleOf(found.node);
      const got = said(found.gotType, found.gotExpression, found.got);
      const want = said(found.wantType, found.wantExpression, found.want);
      const definition = node && registry.get(node.type);
      if (found.code === 'invalid-param' && found.wantExpression !== undefined && definition !== undefined) {
        const label = definition.params.shape[fieldName]?.meta()?.label;
        return t('param-size', { title, param: labels.param(definition, fieldName, label), got, want });
      }
      if (found.warning !== undefined && definition !== undefined) {
        const message = labels.warning(definition, found.warning, found.values ?? {});
        return t('node-warning', { title, message });
      }
      return t(found.code, {
        title,
        port: found.port === undefined ? '' : portLabel(node?.type, found.port),
        field,
        got,
        want,
        message: found.message,
      });
    },
    [t, port, expression, labels, portLabel],
  );
}
