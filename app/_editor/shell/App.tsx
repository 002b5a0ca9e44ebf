'use client';
/** The whole page. Rendered in the browser only: what it shows lives there. */
import '../../_security/no-eval';
import { useEffect, useState } from 'react';
import { Messages } from './Messages';
import { lazyPart } from '../../_ui/lazy-part';
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

// Not `next/dynamic`: it brings what renders such parts on the server, which this page never does.
const Editor = lazyPart(() => import('./Editor').then((module) => module.Editor), Splash);

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
