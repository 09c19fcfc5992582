import type { Task } from './report.ts';
import { runTask } from './run-task.ts';

self.addEventListener('message', async ({ data }: MessageEvent<{ task: Task; address: string }>) => {
  self.postMessage(await runTask(data.task, data.address));
});
