/** A fix in words: the editor's buttons and the command line say the same. */
import type { QuickFix } from '@/engine/types';

/** The catalogue's `fixes` namespace. */
type Translate = (key: QuickFix['kind'], values?: Record<string, string>) => string;

/**
 * @param titleOf what a node of the document is called, by id
 * @param typeTitle what a node type is called
 */
export function fixText(
  fix: QuickFix,
  t: Translate,
  titleOf: (id: string) => string,
  typeTitle: (type: string) => string,
): string {
  switch (fix.kind) {
    case 'remove-edge':
      return t('remove-edge');
    case 'remove-edges':
      return t('remove-edges', { count: String(fix.edges.length) });
    case 'connect':
      return t('connect', { from: titleOf(fix.from.node), to: titleOf(fix.to.node) });
    case 'set-param':
      return t('set-param', { node: titleOf(fix.node), param: fix.param, value: String(fix.value) });
    case 'insert':
      return t('insert', { nodes: fix.chain.map(({ type }) => typeTitle(type)).join(' → ') });
    case 'rewire':
      return t('rewire', { from: titleOf(fix.from.node) });
    case 'replace-node':
      return t('replace-node', { node: titleOf(fix.node), type: typeTitle(fix.type) });
    default:
      return fix satisfies never;
  }
}
