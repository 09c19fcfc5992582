// What '#dawn' is under Node; see package.json's imports.

/** Loads Dawn, which brings Node its WebGPU; undefined in a page, whose bundles get no-dawn.ts. */
export const importDawn: (() => Promise<typeof import('webgpu')>) | undefined = () => import('webgpu');

export { missingDriver } from './missing-driver.ts';
