'use client';
/** What a port is called on the screen. */
import { useCallback } from 'react';
import { useTranslations } from 'use-intl';
import { registry } from '../../_state/nodes';
import { useNodeLabels } from '../../_i18n/node-labels';

export type PortSide = 'inputs' | 'outputs';

/** Names a port of a node type in the reader's language; a port that the type does not have keeps its own name. */
export function usePortLabel(): (type: string | undefined, name: string, side?: PortSide) => string {
  const t = useTranslations('port');
  const labels = useNodeLabels();
  return useCallback(
    (type, name, side) => {
      const definition = registry.get(type ?? '');
      if (definition === undefined) return name;
      const at = side ?? (name in definition.inputs ? 'inputs' : 'outputs');
      const port = definition[at][name];
      return port === undefined
        ? name
        : labels.port(definition, at, name, t(`kinds.${port.type.kind}`)).label;
    },
    [t, labels],
  );
}
