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

export default function RootLayout({ children }: { readonly children: ReactNode }) {
  return (
    <html lang="en" suppressHydrationWarning>
      <head>
        {/* Before the first paint, so that neither theme nor language flashes: it has to block. */}
        {/* oxlint-disable-next-line nextjs/no-sync-scripts */}
        <script src="/before-paint.js" data-locales={localeCodes.join(' ')} />
      </head>
      <body>{children}</body>
    </html>
  );
}
