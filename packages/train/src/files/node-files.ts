import { BackendError } from '@striate/core';

/** Node's file functions, loaded when first needed, so that pages can load this package. */
export async function nodeFiles(): Promise<{
  fs: typeof import('node:fs/promises');
  path: typeof import('node:path');
}> {
  try {
    const [fs, path] = await Promise.all([import('node:fs/promises'), import('node:path')]);
    return { fs, path };
  } catch (cause) {
    throw new BackendError(
      'train: checkpoints and saved models are folders of files, which this runtime does not have. Run this under Node.',
      {
        cause,
      },
    );
  }
}
