import { startPage } from '@striate/app-page';

startPage({
  title: 'A network learns to read, on the GPU',
  worker: new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' }),
  fallback: () => new Worker(new URL('./cpu-worker.ts', import.meta.url), { type: 'module' }),
});
