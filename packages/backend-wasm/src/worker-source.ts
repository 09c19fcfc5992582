// What a worker runs, as text: it starts from an inlined source, so that bundlers need no configuration.
// It stays in serve() for ever and never returns to its event loop; only terminate() ends it.
export const workerSource = `
const node = typeof process === 'object' && typeof require === 'function';
const port = node ? require('node:worker_threads').parentPort : self;
const start = ({ module, memory, job, failedThread, thread }) => {
  const { exports } = new WebAssembly.Instance(module, { env: { memory } });
  for (const { name, kind } of WebAssembly.Module.exports(module)) {
    if (kind === 'function') exports.table.set(exports.table.grow(1), exports[name]);
  }
  port.postMessage('ready');
  for (;;) {
    try {
      exports.serve(job, thread);
    } catch {
      Atomics.store(new Int32Array(memory.buffer), failedThread >> 2, thread);
      exports.leave(job);
    }
  }
};
if (node) port.once('message', start);
else port.onmessage = ({ data }) => start(data);
`;
