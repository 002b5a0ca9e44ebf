'use client';
import { lazy, Suspense, useEffect, useState } from 'react';
import { waitingNotices } from './notify';

const Toasts = lazy(() => import('./Toasts').then((module) => ({ default: module.Toasts })));

/** Once in the page: where notices are drawn, from the first one on. */
export function NoticeLayer({ dark }: { readonly dark: boolean }) {
  const [wanted, setWanted] = useState(false);
  useEffect(() => {
    const check = (): void => {
      if (waitingNotices.getState().length > 0) setWanted(true);
    };
    check();
    return waitingNotices.subscribe(check);
  }, []);
  return <Suspense>{wanted && <Toasts dark={dark} />}</Suspense>;
}
