export { buildPage, type BuildOptions } from './build-page.ts';
export { installFromDebian } from './debian.ts';
export { findChromium, findSwiftShader, provideChromium } from './find-chromium.ts';
export { findProgram } from './find-program.ts';
export { launchChromium, type LaunchOptions } from './launch-chromium.ts';
export { serveFolder, type Served, type ServeOptions } from './serve-folder.ts';
export { browserNames, openBrowser, whyNoBrowser, type BrowserName } from './open-browser.ts';
export type { OpenedBrowser, OpenOptions } from './opened-browser.ts';
