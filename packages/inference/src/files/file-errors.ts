import { DataError } from '@striate/core';

interface Reason {
  /** What is wrong. */
  is: string;
  /** What to do about it. */
  mend: string;
}

const full: Pick<Reason, 'mend'> = { mend: 'Make room or choose another folder' };
const forbidden: Reason = {
  is: 'there is no permission to do so',
  mend: 'Choose a folder of your own, or ask the owner of this one for permission',
};
const readOnly: Reason = { is: 'it is mounted to be read only', mend: 'Choose a folder that can be written' };

const reasons: Readonly<Record<string, Reason>> = {
  ENOSPC: { is: 'there is no space left on the disk', ...full },
  EDQUOT: { is: 'the disk quota is used up', ...full },
  EACCES: forbidden,
  EPERM: forbidden,
  EROFS: readOnly,
  ENOTDIR: { is: 'a part of the path is a file, not a folder', mend: 'Choose another path' },
  EISDIR: { is: 'there is a folder where a file must be', mend: 'Move it away, or choose another folder' },
  ENOTREG: { is: 'there is a device, a pipe or a socket where a file must be', mend: 'Move it away' },
  EFBIG: { is: 'it is larger than any that Striate writes', mend: 'Move it away, or choose another folder' },
  ENOENT: { is: 'a folder of the path is not there, or was removed meanwhile', mend: 'Choose another path' },
  ELOOP: { is: 'its links lead in a circle', mend: 'Choose another path' },
  ENAMETOOLONG: { is: 'the name is too long', mend: 'Choose a shorter one' },
  EBUSY: { is: 'something there is mounted or in use', mend: 'Unmount or close it, or choose another folder' },
  EXDEV: { is: 'something there is mounted', mend: 'Unmount it, or choose another folder' },
  EIO: { is: 'the disk reports an error', mend: 'Choose a folder on another disk' },
};

/** What is wrong with a file or folder, and what to do: 'there is no space left on the disk', 'Make room ..'. */
export function fileReason(cause: unknown): Reason {
  const code = (cause as NodeJS.ErrnoException).code ?? '';
  return reasons[code] ?? { is: String(cause), mend: 'Choose another folder' };
}

/** An error of the file system in our words; one of our own as it is. */
export function explainFileError(what: string, cause: unknown): unknown {
  if ((cause as NodeJS.ErrnoException).code === undefined) return cause;
  const { is, mend } = fileReason(cause);
  return new DataError(`${what}: ${is}. ${mend}.`, { cause });
}
