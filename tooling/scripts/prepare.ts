// Before `pnpm test`: brings what backends need that no package carries, as far as this machine allows, and says so.
import { spawnSync } from 'node:child_process';
import { setupOneDnn } from '@striate/backend-onednn/setup';
import { setupTensorFlow } from '@striate/backend-tensorflow/setup';
import { findSwiftShader, installFromDebian, provideChromium } from '@striate/browsers';

const log = console.log;

/** What is missing here is left out by the tests, which say so again; STRIATE_REQUIRE makes them fail instead. */
async function attempt(what: string, bring: () => unknown): Promise<void> {
  try {
    await bring();
  } catch (error) {
    log(`prepare: no ${what}: ${(error as Error).message}`);
  }
}

await attempt('Chromium', () => log(`prepare: Chromium: ${provideChromium()}`));
await attempt('Vulkan for Node', () => {
  if (!findSwiftShader()) throw new Error('this Chromium brings no SwiftShader');
  const refusal = installFromDebian(['libvulkan1']);
  if (refusal) throw new Error(refusal);
});
await attempt('Python that can make an environment', () =>
  provide('python3', ['-c', 'import ensurepip'], 'python3-venv'),
);
await attempt('oneDNN', () => setupOneDnn({ log }));
await attempt('C++ compiler', () => provide('g++', ['--version'], 'g++'));
await attempt('TensorFlow', () => setupTensorFlow({ log }));

/** Installs a package of Debian unless the command works. */
function provide(command: string, args: readonly string[], debianPackage: string): void {
  if (spawnSync(command, args).status === 0) return;
  const refusal = installFromDebian([debianPackage]);
  if (refusal) throw new Error(refusal);
}
