// For Striate's own packages: what may change from version to version.
export { checkPixels } from './check-pixels.ts';
export { checkBox, checkPicture } from './picture-style.ts';
export { inputTables, writeInputs } from './preprocessing.ts';
