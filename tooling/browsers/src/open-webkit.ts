import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { findProgram } from './find-program.ts';
import type { OpenedBrowser, OpenOptions } from './opened-browser.ts';
import { startProgram, versionOf } from './start-program.ts';

// Kept, since asking for it takes a screen.
let version: string | undefined;

/** What shows a page in WebKit. */
interface WebKit {
  program: string;
  /** What goes before the page's address. */
  args: readonly string[];
}

/** @throws {Error} that says what is missing and how to get it */
export function provideWebKit(): WebKit {
  const miniBrowser = findMiniBrowser();
  if (!miniBrowser) {
    throw new Error("no WebKit: apt-get install webkit2gtk-driver, which brings WebKitGTK's MiniBrowser.");
  }
  if (process.env['DISPLAY']) return { program: miniBrowser, args: [] };
  const xvfb = findProgram(['xvfb-run']);
  if (!xvfb) throw new Error('WebKit needs a screen: apt-get install xvfb.');
  return { program: xvfb, args: ['--auto-servernum', miniBrowser] };
}

/** Opens a page in WebKitGTK's MiniBrowser. */
export async function openWebKit(url: string, { isolated = false }: OpenOptions): Promise<OpenedBrowser> {
  const { program, args } = provideWebKit();
  version ??= versionOf(program, [...args, '--version']);
  // Safari gives an isolated page SharedArrayBuffer; WebKitGTK does when told to.
  const environment: Record<string, string> = isolated ? { JSC_useSharedArrayBuffer: '1' } : {};
  const opened = startProgram(program, [...args, '--private', url], environment);
  return { version, ...opened };
}

function findMiniBrowser(): string | undefined {
  const folders = ['/usr/lib', '/usr/libexec', '/usr/lib64'].flatMap((folder) => [
    folder,
    ...subfolders(folder).filter((path) => path.endsWith('-linux-gnu')),
  ]);
  const places = folders.flatMap(subfolders).filter((path) => path.includes('webkit'));
  return findProgram(places.map((path) => join(path, 'MiniBrowser')));
}

function subfolders(folder: string): string[] {
  try {
    return readdirSync(folder).map((name) => join(folder, name));
  } catch {
    return [];
  }
}
