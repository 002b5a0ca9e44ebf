'use client';
import { notices } from './notify';

/** Once in the page: where notices are drawn. */
export function NoticeLayer({ dark }: { readonly dark: boolean }) {
  const parts = notices.use();
  return parts === undefined ? null : <parts.NoticeOverlay dark={dark} />;
}
