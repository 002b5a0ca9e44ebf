/** What is seen, and how: zoom, tools, panels, theme, language. */
import {
  ChartSpline,
  Hand,
  Images,
  Languages,
  ListTree,
  Magnet,
  Map as MapIcon,
  Maximize,
  Microscope,
  Moon,
  MousePointer2,
  PanelLeft,
  Settings,
  TriangleAlert,
  ZoomIn,
  ZoomOut,
} from 'lucide-react';
import { localeCodes } from '../../_i18n/locales';
import { fitPadding, flow } from '../../_state/flow';
import { currentLocale, prefer, preferences, type Preferences } from '../../_state/preferences';
import { samplerAmong } from '../../_state/samplers';
import { view } from '../../_state/view';
import { workspace } from '../../_state/workspace';
import { toggleDock } from '../panels';
import { chosen, hasDocument, inGroup, openDialog } from './command';

/** A preference that is on or off. */
const toggle = (name: 'snap' | 'minimap' | 'library' | 'results') => ({
  checked: () => preferences.getState()[name],
  perform: () => prefer({ [name]: !preferences.getState()[name] }),
});
const tool = (name: Preferences['tool']) => ({
  checked: () => preferences.getState().tool === name,
  perform: () => prefer({ tool: name }),
});
const dock = (name: Preferences['dock']) => ({
  checked: () => preferences.getState().dock === name,
  perform: () => toggleDock(name),
});

export const viewCommands = inGroup('view', [
  {
    id: 'fit',
    icon: Maximize,
    keys: ['.', 'Shift+1'],
    enabled: hasDocument,
    perform: () => void flow()?.fitView({ duration: 200, padding: fitPadding(), maxZoom: 1.25 }),
  },
  {
    id: 'fit-selection',
    icon: Maximize,
    keys: ['Shift+2'],
    enabled: () => view.getState().selection.size > 0,
    perform: () =>
      void flow()?.fitView({
        duration: 200,
        padding: 0.25,
        maxZoom: 1.5,
        nodes: [...view.getState().selection].map((id) => ({ id })),
      }),
  },
  {
    id: 'zoom-in',
    icon: ZoomIn,
    keys: ['+', 'Shift++'],
    perform: () => void flow()?.zoomIn({ duration: 120 }),
  },
  { id: 'zoom-out', icon: ZoomOut, keys: ['-'], perform: () => void flow()?.zoomOut({ duration: 120 }) },
  { id: 'hand', icon: Hand, keys: ['h'], ...tool('hand') },
  { id: 'select-tool', icon: MousePointer2, keys: ['v'], ...tool('select') },
  { id: 'snap', icon: Magnet, ...toggle('snap') },
  { id: 'minimap', icon: MapIcon, keys: ['Alt+m'], ...toggle('minimap') },
  { id: 'library', icon: PanelLeft, keys: ['Alt+1'], ...toggle('library') },
  { id: 'inspect', icon: Microscope, keys: ['Alt+2', 'i'], ...dock('inspect') },
  {
    id: 'trajectory',
    icon: ChartSpline,
    keys: ['Alt+3'],
    ...dock('trajectory'),
    perform: (target) => {
      const { document } = workspace.getState();
      const sampler = samplerAmong(document, chosen(target)) ?? samplerAmong(document);
      view.setState({ trajectory: sampler ?? null });
      toggleDock('trajectory');
    },
  },
  { id: 'problems', icon: TriangleAlert, keys: ['Alt+4'], ...dock('problems') },
  { id: 'list', icon: ListTree, keys: ['Alt+5'], ...dock('list') },
  { id: 'results', icon: Images, keys: ['Alt+6'], ...toggle('results') },
  {
    id: 'theme',
    icon: Moon,
    keys: ['Alt+d'],
    perform: () => {
      const dark = document.documentElement.classList.contains('dark');
      prefer({ theme: dark ? 'light' : 'dark' });
    },
  },
  {
    id: 'language',
    icon: Languages,
    perform: () => {
      const next = (localeCodes.indexOf(currentLocale()) + 1) % localeCodes.length;
      prefer({ locale: localeCodes[next] });
    },
  },
  { id: 'settings', icon: Settings, keys: ['$mod+,'], perform: openDialog('settings') },
]);
