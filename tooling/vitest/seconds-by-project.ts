import type { Reporter, TestModule } from 'vitest/node';

const longest = 12;

/** Prints at the end how many seconds of tests each project has, and which files take the most of them. */
export default class SecondsByProject implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    if (modules.length < 2) return;
    const files = modules
      .map((module) => ({ project: module.project.name, name: module.relativeModuleId, seconds: secondsOf(module) }))
      .toSorted((a, b) => b.seconds - a.seconds);
    const projects = [...new Set(files.map(({ project }) => project))].map((project) => {
      const own = files.filter((file) => file.project === project);
      return line(
        own.reduce((sum, { seconds }) => sum + seconds, 0),
        `${project}, ${own.length} files`,
      );
    });
    const lines = [...projects, '', ...files.slice(0, longest).map(({ name, seconds }) => line(seconds, name))];
    process.stdout.write(`\n${lines.join('\n')}\n`);
  }
}

/** What a file keeps a worker busy with. */
function secondsOf(module: TestModule): number {
  const { duration, collectDuration, setupDuration, prepareDuration, environmentSetupDuration } = module.diagnostic();
  return (duration + collectDuration + setupDuration + prepareDuration + environmentSetupDuration) / 1000;
}

const line = (seconds: number, what: string): string => `${seconds.toFixed(1).padStart(8)} s  ${what}`;
