import { availableParallelism, cpus, totalmem } from 'node:os';
import type { Command } from 'commander';
import { backends } from '../backends.ts';
import { createOutput, field, type OutputOptions } from '../output.ts';
import { examples } from './common.ts';

/** `striate doctor`: which backends work here, and why others do not. */
export function define(command: Command): void {
  command
    .addHelpText('after', examples('striate doctor', 'striate doctor --json'))
    .action(async () => doctor(command.optsWithGlobals()));
}

async function doctor(options: OutputOptions): Promise<void> {
  const machine = `${cpus()[0]?.model ?? 'unknown processor'}, ${availableParallelism()} threads, ${Math.round(totalmem() / 2 ** 30)} GiB`;
  const found = await Promise.all(
    Object.entries(backends).map(async ([name, create]) => Object.assign({ name }, await (await create()).probe())),
  );
  const width = 2 + Math.max(...found.map(({ name }) => name.length), 'machine'.length);
  const lines = [
    field('node', `${process.version} on ${process.platform} ${process.arch}`, width),
    field('machine', machine, width),
    ...found.map((backend) =>
      field(
        backend.name,
        backend.available ? `works: ${backend.device}` : `does not work: ${backend.reason} ${backend.remedy}`,
        width,
      ),
    ),
  ];
  createOutput(options).result(lines.join('\n'), { node: process.version, machine, backends: found });
  if (!found.some(({ available }) => available)) process.exitCode = 1;
}
