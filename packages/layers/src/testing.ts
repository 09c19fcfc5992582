// For tests of layers, here and in other packages.
export { checkLayer, type LayerCheck } from './testing/check-layer.ts';
export { onEachBackend, runOn } from './testing/on-each-backend.ts';
