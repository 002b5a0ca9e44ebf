/** Commands on whole documents. */
import {
  Boxes,
  ClipboardList,
  FileCode2,
  FileJson,
  FileOutput,
  FilePlus2,
  FolderOpen,
  History,
  LayoutTemplate,
  Save,
  Share2,
  X,
} from 'lucide-react';
import { emptyDocument } from '@/engine';
import { activeTab, closeTab, openDocument } from '../../_state/workspace';
import { importReport } from '../../_state/import-report';
import { hasDocument, inGroup, openDialog } from './command';

/** The readers and writers of files come with the first of them. */
const files = () => import('../document-files');
const comfyFiles = () => import('../comfy-files');

export const fileCommands = inGroup('file', [
  {
    id: 'new',
    icon: FilePlus2,
    keys: ['Alt+n'],
    perform: () => {
      openDocument(emptyDocument(), { replace: false });
    },
  },
  { id: 'templates', icon: LayoutTemplate, keys: ['Alt+t'], perform: openDialog('templates') },
  { id: 'open', icon: FolderOpen, keys: ['$mod+o'], perform: async () => (await files()).openFiles() },
  { id: 'save', icon: Save, keys: ['$mod+s'], perform: async () => (await files()).saveActive(false) },
  {
    id: 'save-as',
    icon: Save,
    keys: ['$mod+Shift+s'],
    perform: async () => (await files()).saveActive(true),
  },
  { id: 'models', icon: Boxes, keys: ['Alt+o'], perform: openDialog('models') },
  {
    id: 'export-comfy',
    icon: FileOutput,
    enabled: hasDocument,
    perform: async () => (await comfyFiles()).exportComfyWorkflow(),
  },
  {
    id: 'export-comfy-api',
    icon: FileJson,
    enabled: hasDocument,
    perform: async () => (await comfyFiles()).exportComfyPrompt(),
  },
  {
    id: 'import-report',
    icon: ClipboardList,
    enabled: () => importReport.getState().report !== null,
    perform: openDialog('import-report'),
  },
  { id: 'share', icon: Share2, keys: ['Alt+s'], perform: openDialog('share') },
  { id: 'load-pack', icon: FileCode2, perform: openDialog('packs') },
  { id: 'versions', icon: History, perform: openDialog('versions') },
  { id: 'close', icon: X, keys: ['Alt+w'], perform: () => closeTab(activeTab().id) },
]);
