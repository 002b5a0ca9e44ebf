/**
 * Cross-origin isolation gives wasm its threads (SharedArrayBuffer); every
 * response carries it, so that workers and their scripts qualify too.
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
      {
        source: '/:path*',
        headers: [
          { key: 'Cross-Origin-Opener-Policy', value: 'same-origin' },
          { key: 'Cross-Origin-Embedder-Policy', value: 'require-corp' },
          { key: 'Cross-Origin-Resource-Policy', value: 'same-origin' },
          { key: 'X-Content-Type-Options', value: 'nosniff' },
          { key: 'Referrer-Policy', value: 'no-referrer' },
        ],
      },
    ];
  },
};
export default config;
