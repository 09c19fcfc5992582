import { readFileSync } from 'node:fs';
import { checkPackage, createPackageFromTarballData } from '@arethetypeswrong/core';
import { problemAffectsResolutionKind, problemKindInfo } from '@arethetypeswrong/core/problems';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';
import type { Packed } from './pack-all.ts';

/** What is for tests of ours alone, by its name. */
const forTests = /\.test\.|\/testing\/|\/__snapshots__\/|\/saved-before\//;

/** What is wrong with a package as it would be published: by publint, by its types where ES modules are taken, by its files. */
export async function tarballProblems(packed: Packed): Promise<string[]> {
  const { name } = packed.manifest;
  const found = [...(await publishProblems(packed)), ...(await typeProblems(packed)), ...superfluousFiles(packed)];
  return found.map((problem) => `${name}: ${problem}`);
}

async function publishProblems({ tarball }: Packed): Promise<string[]> {
  const { buffer } = new Uint8Array(readFileSync(tarball));
  const { messages, pkg } = await publint({ pack: { tarball: buffer }, strict: true });
  return messages.map((message) => `publint: ${formatMessage(message, pkg, { color: false }) ?? message.code}`);
}

async function typeProblems({ tarball }: Packed): Promise<string[]> {
  const result = await checkPackage(createPackageFromTarballData(new Uint8Array(readFileSync(tarball))));
  if (!result.types) return ['has no types'];
  return result.problems
    .filter((problem) =>
      (['node16-esm', 'bundler'] as const).some((kind) => problemAffectsResolutionKind(problem, kind, result)),
    )
    .map((problem) => `types: ${problemKindInfo[problem.kind].title}: ${JSON.stringify(problem)}`);
}

const superfluousFiles = ({ files }: Packed): string[] =>
  files.filter((path) => forTests.test(path)).map((path) => `publishes ${path}, which is for tests`);
