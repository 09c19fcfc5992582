import { arch, cpus, loadavg, platform } from 'node:os';

/** The machine that a result belongs to, in one line. */
export function describeMachine(): string {
  const models = [...new Set(cpus().map(({ model }) => model.trim()))].join(', ');
  return `${cpus().length} cores of ${models || 'an unnamed processor'}, ${platform()} ${arch()}, Node ${process.versions.node}`;
}

/** A warning where other programs take the cores; threads that wait for each other then lose far more than others. */
export function busyWarning(): string | undefined {
  const load = loadavg()[0]!;
  if (load < cpus().length / 2) return undefined;
  return `WARNING: other programs are running (load ${load.toFixed(1)}): these ratios mean little.`;
}
