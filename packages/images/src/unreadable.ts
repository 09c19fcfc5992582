import { DataError } from '@striate/core';

/** An error about what is no picture. */
export function unreadable(name: string, reason: string): DataError {
  return new DataError(`${name}: is not a picture that can be read (${reason}). Give a PNG, JPEG, WebP or GIF file.`);
}
