import { execFileSync } from 'node:child_process';
import { chmod, mkdir, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { findModelFolder } from './model-folder.ts';
import { temporaryFolder } from './testing/temporary-folder.ts';

const isLinux = process.platform === 'linux';

test.runIf(isLinux)('a folder that cannot be looked at is not taken for one that is not there', async () => {
  const { path, remove } = await temporaryFolder();
  onTestFinished(remove);
  await symlink('circle', join(path, 'circle'));
  await expect(findModelFolder(join(path, 'circle'))).rejects.toThrow(/circle.*: cannot be looked at: ELOOP/);
  await expect(findModelFolder(join(path, 'none'))).rejects.toThrow('there is no such model folder');
});

// Root may look into everything, so another user tries.
test.runIf(isLinux && process.getuid?.() === 0)('says where there is no permission', async () => {
  const { path, remove } = await temporaryFolder();
  onTestFinished(remove);
  const run = join(path, 'run');
  await mkdir(run, { mode: 0o700 });
  await chmod(path, 0o755);
  const script = `import(${JSON.stringify(join(import.meta.dirname, 'model-folder.ts'))})
    .then(({ findModelFolder }) => (process.seteuid(65534), findModelFolder)(${JSON.stringify(run)}))
    .catch(({ name, message }) => console.log(name + ': ' + message));`;
  const said = execFileSync(process.execPath, ['--conditions=@striate/source', '-e', script], {
    encoding: 'utf8',
  });
  expect(said).toContain(`DataError: ${join(run, 'model')}: cannot be looked at: there is no permission.`);
});
