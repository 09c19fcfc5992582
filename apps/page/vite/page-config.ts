import { defaultClientConditions, type UserConfig } from 'vite';
import { digits } from './digits.ts';

/** Both headers together make a page cross-origin isolated, which allows threads that share memory. */
const isolation = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
};

const rolldownOptions = { checks: { pluginTimings: false } };

/** How both pages are built: a folder that works from any path of any static server. */
export const pageConfig: UserConfig = {
  base: './',
  appType: 'mpa',
  resolve: { conditions: ['@striate/source', ...defaultClientConditions] },
  plugins: [digits()],
  // In one file: were there others that import from the worker's own, WebKit would run that a second time for them.
  worker: { format: 'es', rolldownOptions: { ...rolldownOptions, output: { codeSplitting: false } } },
  build: { rolldownOptions, target: 'es2022', chunkSizeWarningLimit: 2000 },
  server: { headers: isolation },
  preview: { headers: isolation },
};
