import { makers } from './makers.js';
import { train } from './train.js';

self.addEventListener('message', async ({ data: options }) => {
  const report = await train(makers, options).catch((error) => ({ error: `${error.name}: ${error.message}` }));
  self.postMessage(report);
});
