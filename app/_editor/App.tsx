'use client';
/** The whole page. Rendered in the browser only: what it shows lives there. */
import dynamic from 'next/dynamic';
import { useEffect, useState } from 'react';
import { Messages } from '../_i18n/Messages';
import { Logo } from './Logo';

const Editor = dynamic(() => import('./Editor').then((module) => module.Editor), {
  ssr: false,
  loading: Splash,
});

function Splash() {
  return (
    <main className="flex h-dvh items-center justify-center bg-background" aria-busy>
      <span className="flex animate-pulse items-center gap-3 text-lg font-semibold">
        <Logo />
        Latent Loom
      </span>
    </main>
  );
}

export function App() {
  const [mounted, setMounted] = useState(false);
  useEffect(() => setMounted(true), []);
  return mounted ? (
    <Messages>
      <Editor />
    </Messages>
  ) : (
    <Splash />
  );
}
