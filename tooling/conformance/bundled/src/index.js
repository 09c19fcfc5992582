// A page as people write it, for bundlers that are given no configuration: trains where ?place says, main or worker,
// on the first of ?backends that works.
import { makers } from './makers.js';
import { train } from './train.js';

const query = new URLSearchParams(location.search);
const options = { threads: Number(query.get('threads')), order: query.get('backends')?.split(',') };
// In a later turn: Parcel knows a worker's address only once the entry has run.
const report = Promise.resolve().then(() =>
  query.get('place') === 'worker' ? trainInWorker() : train(makers, options),
);
window.report = report.catch((error) => ({ error: `${error.name}: ${error.message}` }));

function trainInWorker() {
  const worker = new Worker(new URL('./worker.js', import.meta.url), { type: 'module' });
  return new Promise((resolve, reject) => {
    worker.addEventListener('message', ({ data }) => resolve(data));
    worker.addEventListener('error', ({ message }) => reject(new Error(message)));
    worker.postMessage(options);
  });
}
