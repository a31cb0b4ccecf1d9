// Preloaded into a process of a test: shifts its wall clock by the number of ms that the file SHIFT_FILE holds now.
import { readFileSync } from 'node:fs';

const file = process.env.SHIFT_FILE;
const now = Date.now;
Date.now = () => now() + Number(readFileSync(file, 'utf8'));
