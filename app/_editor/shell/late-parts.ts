/** What floats over the editor, each in a chunk of its own that comes when it is asked for, or ahead (`ahead.ts`). */
import { lazyPart } from '../../_ui/lazy-part';

export const Palette = lazyPart(() => import('../dialogs/Palette').then((module) => module.Palette));
export const PhoneBar = lazyPart(() => import('./PhoneBar').then((module) => module.PhoneBar));
export const ConnectionError = lazyPart(() =>
  import('../port/ConnectionError').then((module) => module.ConnectionError),
);
export const ContextMenu = lazyPart(() =>
  import('../canvas/ContextMenu').then((module) => module.ContextMenu),
);
export const CommandDialog = lazyPart(() =>
  import('../dialogs/CommandDialog').then((module) => module.CommandDialog),
);
export const FindDialog = lazyPart(() => import('../dialogs/FindDialog').then((module) => module.FindDialog));
export const ConnectDialog = lazyPart(() =>
  import('../dialogs/ConnectDialog').then((module) => module.ConnectDialog),
);
export const TemplateDialog = lazyPart(() =>
  import('../dialogs/TemplateDialog').then((module) => module.TemplateDialog),
);
export const HotkeyDialog = lazyPart(() =>
  import('../dialogs/HotkeyDialog').then((module) => module.HotkeyDialog),
);
export const SettingsDialog = lazyPart(() =>
  import('../dialogs/SettingsDialog').then((module) => module.SettingsDialog),
);
export const ImportDialog = lazyPart(() =>
  import('../dialogs/ImportDialog').then((module) => module.ImportDialog),
);
export const AboutDialog = lazyPart(() =>
  import('../dialogs/AboutDialog').then((module) => module.AboutDialog),
);
export const ShareSlot = lazyPart(() => import('../dialogs/ShareSlot').then((module) => module.ShareSlot));
