export { onednn, type OneDnnBackend, type OneDnnStats } from './onednn.ts';
export type { OneDnnOptions } from './options.ts';
