import { startPage } from '@striate/app-page';

startPage({
  title: 'A network learns to read, on the CPU',
  worker: new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' }),
});
