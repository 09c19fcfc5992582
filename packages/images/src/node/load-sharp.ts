import type { SharpConstructor } from 'sharp';
import { OptionError } from '@striate/core';

/** @throws {OptionError} if it is not installed, saying what to write */
export async function loadSharp(where: string): Promise<SharpConstructor> {
  try {
    return (await import('sharp')).default;
  } catch (cause) {
    throw lacksSharp(where, (cause as Error).message);
  }
}

/** The error about a package that is not there. */
export function lacksSharp(where: string, reason: string): OptionError {
  const said = reason.split('\n')[0]!.slice(0, 200);
  return new OptionError(
    `${where}: in Node, pictures are read by the package sharp, which cannot be loaded (${said}). Write npm install sharp.`,
  );
}
