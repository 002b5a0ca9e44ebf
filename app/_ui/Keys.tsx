'use client';
import { clsx } from 'clsx';

const isMac = () => typeof navigator !== 'undefined' && /Mac|iP(hone|ad)/.test(navigator.platform);
const names: Readonly<Record<string, string>> = {
  Enter: '↵',
  Escape: 'Esc',
  Delete: 'Del',
  ArrowUp: '↑',
  ArrowDown: '↓',
  ArrowLeft: '←',
  ArrowRight: '→',
  Space: '␣',
  Plus: '+',
};

/** A tinykeys binding as the caps on this person's keyboard, e.g. `$mod+Shift+Z` → Ctrl Shift Z. */
export function keyCaps(hotkey: string): string[] {
  const mac = isMac();
  // The plus key itself is written `+` or `Shift++`.
  const parts = hotkey === '+' ? ['+'] : hotkey.replace(/\+\+$/, '+Plus').split('+');
  return parts.map((part) => {
    if (part === '$mod') return mac ? '⌘' : 'Ctrl';
    if (part === 'Shift') return mac ? '⇧' : 'Shift';
    if (part === 'Alt') return mac ? '⌥' : 'Alt';
    if (part.startsWith('Key')) return part.slice(3);
    if (part.startsWith('Digit')) return part.slice(5);
    return names[part] ?? (part.length === 1 ? part.toUpperCase() : part);
  });
}

export function Keys({ hotkey, inverse = false }: { readonly hotkey: string; readonly inverse?: boolean }) {
  return (
    <span className="inline-flex gap-0.5">
      {keyCaps(hotkey).map((cap) => (
        <kbd
          key={cap}
          className={clsx(
            'inline-flex h-4.5 min-w-4.5 items-center justify-center rounded border px-1 font-sans text-[10.5px] leading-none',
            inverse ? 'border-background/40' : 'border-border bg-muted text-muted-foreground',
          )}
        >
          {cap}
        </kbd>
      ))}
    </span>
  );
}
