'use client';
/** The whole page. Rendered in the browser only: what it shows lives there. */
import '../../_security/no-eval';
import { lazy, Suspense, useEffect, useState } from 'react';
import { KindColours } from '../port/KindColours';
import { Messages } from './Messages';
import { Logo } from './Logo';

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

const Editor = lazy(() => import('./Editor').then((module) => ({ default: module.Editor })));

export function App() {
  const [mounted, setMounted] = useState(false);
  useEffect(() => setMounted(true), []);
  return mounted ? (
    <Messages>
      <KindColours />
      <Suspense fallback={<Splash />}>
        <Editor />
      </Suspense>
    </Messages>
  ) : (
    <Splash />
  );
}
