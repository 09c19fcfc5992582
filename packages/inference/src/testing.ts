// For tests of this repository.
export { smallNet } from './testing/small-net.ts';
export { temporaryFolder } from './testing/temporary-folder.ts';
