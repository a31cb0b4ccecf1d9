import { chromiumLaunchOptions } from '@atalaya/test-kit';
import { type Browser, chromium } from 'playwright-core';

/** A Chromium without a window that asks nothing of the network by itself; the caller closes it. */
export async function launchBrowser(): Promise<Browser> {
  return chromium.launch(chromiumLaunchOptions());
}
