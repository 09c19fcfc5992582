// For Striate's own packages: what may change from version to version.
export { createTurn } from './event-loop.ts';
export { checkDirectory } from './files/check-directory.ts';
export { folderSource } from './files/checksummed-folder.ts';
export { checksumFile, readChecked, withChecksums, type Files } from './files/checksums.ts';
export { explainFileError } from './files/file-errors.ts';
export { checkFinite, checkStored, longestFile, toHost, toTensors } from './files/host-values.ts';
export { checkFacts, namesFit, preprocessingFits } from './files/model-file.ts';
export { nodeFiles } from './files/node-files.ts';
export { removeOwnFolder, strangersIn } from './files/own-folder.ts';
export { createPartial, removeDead, removeUnseen } from './files/partial-folder.ts';
export { writeFolder } from './files/write-folder.ts';
export { classifyPixels, lackingFor, type Answers, type ClassifyingNetwork } from './classify-pixels.ts';
export { asFloat32Array, asInt32Array } from './host-array.ts';
