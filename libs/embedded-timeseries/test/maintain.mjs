// Runs one of the built maintenance functions in a process of its own. Arguments: name of the function, options as JSON.
import * as library from '../dist/index.js';

const [name, options] = process.argv.slice(2);
const given = JSON.parse(options);
process.stdout.write('begun\n');
try {
  process.stdout.write(`${JSON.stringify(await library[name](given.operand ?? given))}\n`);
} catch (error) {
  process.stdout.write(`${JSON.stringify({ code: error.code, message: error.message })}\n`);
}
