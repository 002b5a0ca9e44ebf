'use client';
import { Toaster } from 'sonner';

/** Once in the page: where notices are drawn. */
export function NoticeLayer({ dark }: { readonly dark: boolean }) {
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
