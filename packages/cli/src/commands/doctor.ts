import { availableParallelism, cpus, totalmem } from 'node:os';
import { Option, type Command } from 'commander';
import { automatic, ownBackends } from '../backends.ts';
import { inspectApart } from '../inspect-apart.ts';
import { inspectBackend, type Inspection } from '../inspect-backend.ts';
import { backendName, readWith } from '../parse.ts';
import { createOutput, field, type OutputOptions } from '../output.ts';
import { examples } from './common.ts';

/** `striate doctor`: which backends work here, and why others do not. */
export function define(command: Command): void {
  command
    .addOption(
      new Option('--backend <name>', `look at one alone: ${ownBackends.join(', ')}`).argParser(readWith(backendName)),
    )
    .addHelpText('after', examples('doctor', 'doctor --backend onednn', 'doctor --json'))
    .action(async () => doctor(command.optsWithGlobals()));
}

async function doctor({ backend, ...options }: OutputOptions & { backend?: string }): Promise<void> {
  const machine = `${cpus()[0]?.model ?? 'unknown processor'}, ${availableParallelism()} threads, ${Math.round(totalmem() / 2 ** 30)} GiB`;
  const found = backend
    ? [await inspectBackend(backend)]
    : await Promise.all(ownBackends.map((name) => inspectApart(name)));
  const works = (name: string): boolean => found.some((one) => one.name === name && one.available);
  const taken = backend ? undefined : automatic.find(works);
  const width = 2 + Math.max(...found.map(({ name }) => name.length), 'machine'.length);
  const lines = [
    field('node', `${process.version} on ${process.platform} ${process.arch}`, width),
    field('machine', machine, width),
    ...found.map((one) => field(one.name, textOf(one).replaceAll('\n', `\n${' '.repeat(width)}`), width)),
    ...(taken ? [field('auto', `--backend auto takes ${taken}`, width)] : []),
  ];
  await createOutput(options).result(lines.join('\n'), { node: process.version, machine, backends: found });
  if (!found.some(({ available }) => available)) process.exitCode = 1;
}

function textOf({ name, details, ...found }: Inspection): string {
  const first = found.available
    ? `works: ${found.device}`
    : `does not work: ${found.reason.replace(`${name}: `, '')} ${found.remedy}`;
  return [first, ...details].join('\n');
}
