import { defineConfig } from 'vite';

// Where `npm run dev` finds a register.
const register = process.env.JEJARING_ORIGIN ?? 'http://127.0.0.1:8080';
const proxied = ['/graphql', '/imports', '/livez', '/batches', '/graphiql'];

// The policy under which the program serves the desk; `npm run preview` is as strict.
const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "connect-src 'self'",
  "img-src 'self' data:",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

const proxy = Object.fromEntries(proxied.map((path) => [path, register]));

export default defineConfig({
  base: '/desk/',
  esbuild: { jsx: 'automatic', jsxImportSource: 'preact' },
  build: {
    target: 'es2022',
    // A strict policy lets no picture or style stand within a script.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rollupOptions: {
      output: {
        entryFileNames: 'assets/[name].[hash].js',
        chunkFileNames: 'assets/[name].[hash].js',
        assetFileNames: 'assets/[name].[hash][extname]',
      },
    },
  },
  server: { proxy },
  preview: { proxy, headers: { 'content-security-policy': policy } },
});
