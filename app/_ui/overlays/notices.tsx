'use client';
import { useEffect } from 'react';
import { Toaster } from 'sonner';
import { noticesDrawn } from '../notice-gate';

export { toast } from 'sonner';

/** Where notices are drawn. */
export function NoticeOverlay({ dark }: { readonly dark: boolean }) {
  useEffect(() => noticesDrawn(), []);
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
