'use client';
/**
 * What floats over the editor. The parts that are searched by typing come together at the first interaction
 * (`Editor`), so that a key opens them at once; the others are fetched when they are first opened.
 */
import { lazy, Suspense } from 'react';
import { useView } from '../../_state/view';
import { ContextMenu } from '../canvas/ContextMenu';
import { CommandDialog } from '../dialogs/CommandDialog';
import { ConnectDialog } from '../dialogs/ConnectDialog';
import { FindDialog } from '../dialogs/FindDialog';
import { Palette } from '../dialogs/Palette';
import { ConnectionError } from '../port/ConnectionError';

const AboutDialog = lazy(() =>
  import('../dialogs/AboutDialog').then((module) => ({ default: module.AboutDialog })),
);
const HotkeyDialog = lazy(() =>
  import('../dialogs/HotkeyDialog').then((module) => ({ default: module.HotkeyDialog })),
);
const ImportDialog = lazy(() =>
  import('../dialogs/ImportDialog').then((module) => ({ default: module.ImportDialog })),
);
const NodePackDialog = lazy(() =>
  import('../dialogs/NodePackDialog').then((module) => ({ default: module.NodePackDialog })),
);
const ModelsDialog = lazy(() =>
  import('../dialogs/ModelsDialog').then((module) => ({ default: module.ModelsDialog })),
);
const SettingsDialog = lazy(() =>
  import('../dialogs/SettingsDialog').then((module) => ({ default: module.SettingsDialog })),
);
const ShareSlot = lazy(() =>
  import('../dialogs/ShareSlot').then((module) => ({ default: module.ShareSlot })),
);
const SweepDialog = lazy(() =>
  import('../dialogs/SweepDialog').then((module) => ({ default: module.SweepDialog })),
);
const TemplateDialog = lazy(() =>
  import('../dialogs/TemplateDialog').then((module) => ({ default: module.TemplateDialog })),
);

export function Dialogs() {
  const dialog = useView((state) => state.dialog);
  const palette = useView((state) => state.palette !== null);
  const menu = useView((state) => state.menu !== null);
  const connectionError = useView((state) => state.connectionError !== null);
  const sweep = useView((state) => state.sweep);
  return (
    <Suspense>
      {palette && <Palette />}
      {menu && <ContextMenu />}
      {connectionError && <ConnectionError />}
      {sweep !== null && <SweepDialog key={sweep.node} at={sweep} />}
      {dialog === 'commands' && <CommandDialog />}
      {dialog === 'find' && <FindDialog />}
      {dialog === 'connect' && <ConnectDialog />}
      {dialog === 'templates' && <TemplateDialog />}
      {dialog === 'hotkeys' && <HotkeyDialog />}
      {dialog === 'settings' && <SettingsDialog />}
      {dialog === 'about' && <AboutDialog />}
      {dialog === 'models' && <ModelsDialog />}
      {dialog === 'import-report' && <ImportDialog />}
      {dialog === 'packs' && <NodePackDialog />}
      {(dialog === 'share' || dialog === 'versions') && <ShareSlot which={dialog} />}
    </Suspense>
  );
}
