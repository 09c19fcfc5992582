import { use, type Backend } from '@striate/core';
import { layerChecks, opChecks, randomChecks, runChecks, type GoldenBytes } from '../src/checks.ts';
import type { Report, Task } from './report.ts';

/** Runs all cases on the task's backend, in the thread that calls it. */
export async function runTask(task: Task, address: string): Promise<Report> {
  const start = performance.now();
  const seconds = (): number => Math.round((performance.now() - start) / 100) / 10;
  try {
    const checks = [
      ...opChecks(await fetched(new URL('golden/ops.safetensors', address))),
      ...layerChecks(await fetched(new URL('golden/layers.safetensors', address))),
      ...(await randomChecks(task.seed, task.rounds)),
    ].filter((_, index) => (index + task.seed) % task.every === 0);
    const backend = await use(await backendOf(task));
    const failures = await runChecks(checks, task.tolerance);
    const { device, fallbacks, bytesAllowed } = backend.stats();
    const memory = bytesAllowed === undefined ? {} : { bytesAllowed };
    const passed = checks.length - failures.length;
    return { ...surroundings(), ...memory, device, fallbacks, passed, failures, seconds: seconds() };
  } catch (error) {
    return { ...brokenReport(error), seconds: seconds() };
  }
}

/** What there is to tell where the cases could not be run. */
export function brokenReport(error: unknown): Report {
  const { name, message, stack } = error as Error;
  const text = `${name}: ${message}\n${stack}`;
  return { ...surroundings(), fallbacks: {}, passed: 0, failures: [], seconds: 0, error: text };
}

function surroundings(): Pick<Report, 'userAgent' | 'crossOriginIsolated' | 'cores'> {
  return { userAgent: navigator.userAgent, crossOriginIsolated, cores: navigator.hardwareConcurrency };
}

async function backendOf({ backend, threads }: Task): Promise<Backend> {
  if (backend === 'webgpu') {
    const { webgpu } = await import('@striate/backend-webgpu');
    return webgpu();
  }
  const { wasm } = await import('@striate/backend-wasm');
  return wasm(threads === undefined ? {} : { threads });
}

async function fetched(url: URL): Promise<GoldenBytes> {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url}: ${response.status} ${response.statusText}`);
  return { bytes: new Uint8Array(await response.arrayBuffer()), source: url.pathname };
}
