import { train } from './train.js';

self.addEventListener('message', async ({ data: threads }) => {
  const report = await train(threads).catch((error) => ({ error: `${error.name}: ${error.message}` }));
  self.postMessage(report);
});
