export { setupOneDnn, type SetupOptions } from './setup.ts';
