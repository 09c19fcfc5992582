export { sitePackages } from './python.ts';
export { setupTensorFlow, type SetupOptions } from './setup.ts';
export { isSetUp, packageFolder, tensorflowFolder } from './tensorflow-folder.ts';
export { versions as tensorflowVersions } from './versions.ts';
