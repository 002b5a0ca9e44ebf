/** Finding one's way. */
import { BookOpen, Command, Keyboard } from 'lucide-react';
import { inGroup, openDialog } from './command';

export const helpCommands = inGroup('help', [
  { id: 'commands', icon: Command, keys: ['$mod+k', '$mod+Shift+p'], perform: openDialog('commands') },
  { id: 'hotkeys', icon: Keyboard, keys: ['Shift+?'], perform: openDialog('hotkeys') },
  { id: 'about', icon: BookOpen, perform: openDialog('about') },
]);
