import type { Metadata, Viewport } from 'next';
import type { ReactNode } from 'react';
import { localeCodes } from './_i18n/locales';
import './globals.css';

export const metadata: Metadata = {
  title: 'Latent Loom',
  description: 'A node-graph editor for latent diffusion that runs entirely in your browser.',
  manifest: '/site.webmanifest',
  icons: { icon: '/icon.svg' },
};
export const viewport: Viewport = {
  width: 'device-width',
  initialScale: 1,
  themeColor: [
    { media: '(prefers-color-scheme: light)', color: '#ffffff' },
    { media: '(prefers-color-scheme: dark)', color: '#181b23' },
  ],
};

/** Sets the theme and language before the first paint, so that neither flashes. */
const beforePaint = `(()=>{try{const p=JSON.parse(localStorage.getItem('loom.preferences')||'{}');const t=p.theme||'system';
if(t==='dark'||(t==='system'&&matchMedia('(prefers-color-scheme: dark)').matches))document.documentElement.classList.add('dark');
const l=p.locale||(navigator.language||'en').slice(0,2);document.documentElement.lang=${JSON.stringify(localeCodes)}.includes(l)?l:'en'}catch{}})()`;

export default function RootLayout({ children }: { readonly children: ReactNode }) {
  return (
    <html lang="en" suppressHydrationWarning>
      <head>
        <script dangerouslySetInnerHTML={{ __html: beforePaint }} />
      </head>
      <body>{children}</body>
    </html>
  );
}
