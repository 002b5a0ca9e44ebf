'use client';
import { useEffect } from 'react';
import { toast, Toaster } from 'sonner';
import { waitingNotices } from './notify';

/** Shows what waits, and empties the list. */
function show(): void {
  const notices = waitingNotices.getState();
  if (notices.length === 0) return;
  waitingNotices.setState([], true);
  for (const { kind, title, options } of notices) toast[kind](title, options);
}

/** Draws the notices. */
export function Toasts({ dark }: { readonly dark: boolean }) {
  useEffect(() => {
    show();
    return waitingNotices.subscribe(show);
  }, []);
  return (
    <Toaster
      theme={dark ? 'dark' : 'light'}
      position="bottom-center"
      closeButton
      richColors={false}
      toastOptions={{
        classNames: {
          toast: '!bg-popover !text-popover-foreground !border-border',
          description: '!text-muted-foreground',
        },
      }}
    />
  );
}
