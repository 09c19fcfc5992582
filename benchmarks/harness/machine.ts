import { arch, cpus, platform } from 'node:os';

/** The machine that a result belongs to, in one line. */
export function describeMachine(): string {
  const models = [...new Set(cpus().map(({ model }) => model.trim()))].join(', ');
  return `${cpus().length} cores of ${models || 'an unnamed processor'}, ${platform()} ${arch()}, Node ${process.versions.node}`;
}
