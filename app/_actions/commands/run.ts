/** Running and its results. */
import { getOwn } from '@/engine/types';
import { Dices, Images, ListX, Play, PlayCircle, Square } from 'lucide-react';
import { translate } from '../../_i18n/translate';
import { randomSeed } from '../../_state/edits';
import { prefer } from '../../_state/preferences';
import { removeResults, resultStore } from '../../_state/results';
import { cancel, run } from '../../_state/run-control';
import { runStore } from '../../_state/run-store';
import { edit, workspace } from '../../_state/workspace';
import { notify } from '../../_ui/notify';
import { chosen, hasDocument, hasNodes, inGroup, writable } from './command';

function start(targets: readonly string[] | undefined, times = 1): void {
  const outcome = run({ ...(targets === undefined ? {} : { targets }), times });
  if (outcome === 'blocked') {
    prefer({ dock: 'problems' });
    notify.warning(translate('run.blocked'));
  } else if (outcome === 'nothing-to-run') notify.info(translate('run.nothing'));
  else if (outcome === 'no-engine') notify.error(translate('run.no-engine'));
}

export const runCommands = inGroup('run', [
  { id: 'run', icon: Play, keys: ['$mod+Enter'], enabled: hasDocument, perform: () => start(undefined) },
  {
    id: 'run-here',
    icon: PlayCircle,
    keys: ['Shift+Enter'],
    enabled: hasNodes,
    perform: (target) => start(chosen(target)),
  },
  {
    id: 'run-many',
    icon: Images,
    enabled: hasDocument,
    perform: (target) => start(undefined, target.times ?? 4),
  },
  {
    id: 'new-seed',
    icon: Dices,
    keys: ['Shift+s'],
    enabled: () => writable() && hasDocument(),
    perform: () => {
      const { document } = workspace.getState();
      edit('seed', (draft) => {
        for (const [id, node] of Object.entries(document.nodes)) {
          const target = getOwn(draft.nodes, id);
          if (target !== undefined && typeof node.params['seed'] === 'string')
            target.params['seed'] = randomSeed();
        }
      });
    },
  },
  {
    id: 'cancel',
    icon: Square,
    keys: ['$mod+Alt+Enter', '$mod+.'],
    enabled: () => runStore.getState().current !== null,
    perform: () => cancel(),
  },
  {
    id: 'clear-results',
    icon: ListX,
    enabled: () => resultStore.getState().results.some(({ kept }) => !kept),
    perform: () =>
      removeResults(
        resultStore
          .getState()
          .results.filter(({ kept }) => !kept)
          .map(({ id }) => id),
      ),
  },
]);
