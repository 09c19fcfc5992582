import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { expect, test } from 'vitest';

function ran(script: string, ...options: string[]): { status: number | null; printed: string; refused: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [`tooling/scripts/${script}.ts`, ...options], {
    encoding: 'utf8',
  });
  return { status, printed: stdout, refused: stderr };
}

test.each([
  ['bench', 'benchmarks'],
  ['proof', 'proofs'],
])('pnpm %s --help lists what there is, and each says what it takes', (script, folder) => {
  const names = readdirSync(folder).flatMap((entry) => (entry.endsWith('.ts') ? [entry.slice(0, -3)] : []));
  const list = ran(script, '--help');
  expect(list.status).toBe(0);
  for (const name of names) {
    expect(list.printed).toMatch(new RegExp(`^  ${name} +\\S`, 'm'));
    expect(ran(script, name, '--help').printed).toContain('--');
  }
});

test('a name, an option or a value that does not exist is refused without a stack', () => {
  expect(ran('bench', 'stap').refused).toContain("pnpm bench: there is no 'stap'.");
  expect(ran('bench', 'step', '--model', 'cnn')).toMatchObject({
    status: 1,
    refused: "Unknown option '--model'. See --help.\n",
  });
  expect(ran('bench', 'step', '--models', 'vgg').refused).toBe(
    "--models is 'vgg', but must be one of cnn, resnet20. See --help.\n",
  );
  expect(ran('bench', 'profile', '--steps', '0').refused).toBe(
    "--steps is '0', but must be a whole number from 1 on. See --help.\n",
  );
});
