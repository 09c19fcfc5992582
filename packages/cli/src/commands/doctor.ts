import { availableParallelism, cpus, totalmem } from 'node:os';
import type { Command } from 'commander';
import { backends, createBackend } from '../backends.ts';
import { field } from '../output.ts';
import { outputFor, withCommonOptions, type CommonOptions } from './common.ts';

/** `striate doctor`: which backends work here, and why others do not. */
export function addDoctor(program: Command): void {
  withCommonOptions(program.command('doctor'))
    .description('tell which backends work here, and why others do not')
    .action(async (options: CommonOptions) => {
      const output = outputFor(options);
      const machine = `${cpus()[0]?.model ?? 'unknown processor'}, ${availableParallelism()} threads, ${Math.round(totalmem() / 2 ** 30)} GiB`;
      const found = await Promise.all(
        Object.keys(backends).map(async (name) => ({
          name,
          ...(await (await createBackend({ backend: name })).probe()),
        })),
      );
      const lines = [
        field('node', `${process.version} on ${process.platform} ${process.arch}`),
        field('machine', machine),
        ...found.map((backend) =>
          field(
            backend.name,
            backend.available ? `works: ${backend.device}` : `does not work: ${backend.reason} ${backend.remedy}`,
          ),
        ),
      ];
      output.result(lines.join('\n'), { node: process.version, machine, backends: found });
      if (!found.some(({ available }) => available)) process.exitCode = 1;
    });
}
