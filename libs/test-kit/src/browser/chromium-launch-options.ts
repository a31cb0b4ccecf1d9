import { findChromium } from './find-chromium.js';

/** For `chromium.launch` of `playwright-core`. */
export interface ChromiumLaunchOptions {
  readonly executablePath: string;
  readonly args: string[];
}

/**
 * The browser that `findChromium` finds, without a window and without a sandbox (as root needs it), which asks nothing of
 * the network by itself.
 *
 * @param args more of the browser's own arguments
 * @throws TestKitError `CHROMIUM_MISSING`
 */
export function chromiumLaunchOptions(...args: string[]): ChromiumLaunchOptions {
  return {
    executablePath: findChromium(),
    args: [
      '--headless',
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      ...args,
    ],
  };
}
