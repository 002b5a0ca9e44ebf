/** A mend in words: the editor's buttons and the command line say the same. */
import type { Mend } from '@/engine/types';

/** The catalogue's `mends` namespace. */
type Translate = (key: Mend['kind'], values?: Record<string, string>) => string;

/**
 * @param titleOf what a node of the document is called, by id
 * @param typeTitle what a node type is called
 */
export function mendText(
  mend: Mend,
  t: Translate,
  titleOf: (id: string) => string,
  typeTitle: (type: string) => string,
): string {
  switch (mend.kind) {
    case 'remove-edge':
      return t('remove-edge');
    case 'connect':
      return t('connect', { from: titleOf(mend.from.node), to: titleOf(mend.to.node) });
    case 'set-param':
      return t('set-param', { node: titleOf(mend.node), param: mend.param, value: String(mend.value) });
    case 'insert':
      return t('insert', { nodes: mend.chain.map(({ type }) => typeTitle(type)).join(' → ') });
    case 'rewire':
      return t('rewire', { from: titleOf(mend.from.node) });
    case 'replace-node':
      return t('replace-node', { node: titleOf(mend.node), type: typeTitle(mend.type) });
    default:
      return mend satisfies never;
  }
}
