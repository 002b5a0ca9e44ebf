import { headersOf } from './app/_security/headers.mjs';

/** The policy is for builds: the development server's pages consist of inline scripts and eval. */
const headers = (path) =>
  Object.entries(headersOf(path))
    .filter(([key]) => process.env.NODE_ENV === 'production' || key !== 'Content-Security-Policy')
    .map(([key, value]) => ({ key, value }));

/**
 * @type {import('next').NextConfig}
 */
const config = {
  reactStrictMode: true,
  poweredByHeader: false,
  turbopack: {
    // Messages come compiled (app/_i18n/compile-messages.cjs); the formatter that takes them is much smaller.
    resolveAlias: { 'use-intl/format-message': 'use-intl/format-message/format-only' },
    rules: {
      '**/_i18n/*/messages.json': { loaders: ['./app/_i18n/compile-messages.cjs'], as: '*.js' },
    },
  },
  devIndicators: false,
  // `npm run check` type-checks the whole repository, tests and tools too; the build doesn't do it a second time.
  typescript: { ignoreBuildErrors: true },
  async headers() {
    return [
      { source: '/:path*', headers: headers('/') },
      { source: '/vips/:path*', headers: headers('/vips/') },
    ];
  },
};
export default config;
