// Runs the conformance cases in whatever browser opens it and posts the report, so that no driver is needed:
// ?backend=wasm|webgpu&threads=N&place=worker|main&seed=S&rounds=R&every=E&tolerance=T
import type { Report, Task } from './report.ts';
import { brokenReport, runTask } from './run-task.ts';

const query = new URLSearchParams(location.search);
const threads = query.get('threads');
const task: Task = {
  backend: query.get('backend') === 'webgpu' ? 'webgpu' : 'wasm',
  place: query.get('place') === 'main' ? 'main' : 'worker',
  seed: Number(query.get('seed') ?? 1),
  rounds: Number(query.get('rounds') ?? 5),
  tolerance: Number(query.get('tolerance') ?? 1e-4),
  every: Number(query.get('every') ?? 1),
  ...(threads && { threads: Number(threads) }),
};
// Not awaited at the top level: modules that are imported later wait for this one to end.
void run();

async function run(): Promise<void> {
  const running = task.place === 'main' ? runTask(task, location.href) : runInWorker();
  const report = await running.catch((error: unknown) => brokenReport(error));
  document.querySelector('pre')!.textContent = JSON.stringify(report, null, 2);
  await fetch('report', { method: 'POST', body: JSON.stringify(report) });
}

function runInWorker(): Promise<Report> {
  const worker = new Worker(new URL('worker.ts', import.meta.url), { type: 'module' });
  return new Promise((resolve, reject) => {
    worker.addEventListener('message', ({ data }: MessageEvent<Report>) => resolve(data));
    worker.addEventListener('error', ({ message }) => reject(new Error(`the page's worker failed: ${message}`)));
    worker.postMessage({ task, address: location.href });
  });
}
