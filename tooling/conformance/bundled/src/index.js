// A page as people write it, for bundlers that are given no configuration: trains where ?place says, main or worker.
import { train } from './train.js';

const query = new URLSearchParams(location.search);
const threads = Number(query.get('threads'));
const report = query.get('place') === 'worker' ? trainInWorker() : train(threads);
window.report = report.catch((error) => ({ error: `${error.name}: ${error.message}` }));

function trainInWorker() {
  const worker = new Worker(new URL('./worker.js', import.meta.url), { type: 'module' });
  return new Promise((resolve, reject) => {
    worker.addEventListener('message', ({ data }) => resolve(data));
    worker.addEventListener('error', ({ message }) => reject(new Error(message)));
    worker.postMessage(threads);
  });
}
