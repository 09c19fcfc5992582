export { onednn, type OneDnnBackend, type OneDnnOptions, type OneDnnStats } from './onednn.ts';
