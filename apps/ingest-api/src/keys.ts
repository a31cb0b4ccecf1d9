#!/usr/bin/env node
import { keysCommand } from './access/keys-command.js';

process.exitCode = await keysCommand(process.argv.slice(2));
