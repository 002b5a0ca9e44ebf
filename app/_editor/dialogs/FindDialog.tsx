'use client';
/** Finds a node of the graph by title, type or the text in it, and goes there. */
import { Command } from 'cmdk';
import { useTranslations } from 'use-intl';
import { registry } from '../../_state/nodes';
import { useNodeLabels } from '../../_i18n/node-labels';
import { flow } from '../../_state/flow';
import { select, view } from '../../_state/view';
import { workspace } from '../../_state/workspace';
import { categoryColour } from '../port/category';
import { match } from '../library/search';
import { SearchDialog, itemStyle } from './SearchDialog';

export function FindDialog() {
  const t = useTranslations('dialogs');
  const labels = useNodeLabels();
  const { document } = workspace.getState();
  const go = (id: string): void => {
    view.setState({ dialog: null });
    select([id]);
    void flow()?.fitView({ nodes: [{ id }], duration: 250, maxZoom: 1.1, padding: 0.6 });
    // The node takes the focus, so that the keyboard goes on from there.
    requestAnimationFrame(() =>
      globalThis.document
        .querySelector<HTMLElement>(`.react-flow__node[data-id="${CSS.escape(id)}"]`)
        ?.focus(),
    );
  };
  return (
    <SearchDialog
      title={t('find')}
      placeholder={t('find-placeholder')}
      filter={(value, query) => match(query, value)}
    >
      {Object.entries(document.nodes).map(([id, node]) => {
        const definition = registry.get(node.type);
        const title = node.title ?? labels.title(definition, node.type);
        const text = Object.values(node.params)
          .filter((value): value is string => typeof value === 'string' && value.length < 400)
          .join(' ');
        return (
          <Command.Item
            key={id}
            value={`${title} ${id} ${node.type} ${text}`}
            onSelect={() => go(id)}
            className={itemStyle}
          >
            <span
              className="h-6 w-1 rounded-full"
              style={{ background: categoryColour(definition?.category) }}
            />
            <span className="min-w-0 flex-1">
              <span className="block truncate font-medium">{title}</span>
              {text !== '' && (
                <span className="block truncate text-[11px] text-muted-foreground">{text}</span>
              )}
            </span>
            <code className="text-[11px] text-muted-foreground">{id}</code>
          </Command.Item>
        );
      })}
    </SearchDialog>
  );
}
