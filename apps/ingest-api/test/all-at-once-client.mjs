// Sends requests whose bodies it writes as fast as it can, one after the other; prints how each was answered.
import { request } from 'node:http';

const [url = '', path = '', rounds = '', bytes = '', headers = '{}'] = process.argv.slice(2);
const chunk = Buffer.alloc(65_536, ' ');

/** @returns {Promise<string>} the status, or the code of the failure */
function send() {
  return new Promise((resolve) => {
    const options = { method: 'POST', headers: { 'content-length': bytes, ...JSON.parse(headers) } };
    const sending = request(new URL(path, url), options, (answer) => {
      answer.resume();
      answer.once('end', () => {
        resolve(String(answer.statusCode));
      });
    });
    sending.once('error', (error) => {
      resolve('code' in error ? String(error.code) : error.message);
    });
    let left = Number(bytes);
    const write = () => {
      while (left > 0) {
        const part = chunk.subarray(0, left);
        left -= part.length;
        if (!sending.write(part)) {
          sending.once('drain', write);
          return;
        }
      }
      sending.end();
    };
    write();
  });
}

const answers = [];
for (let round = 0; round < Number(rounds); round += 1) answers.push(await send());
process.stdout.write(`${JSON.stringify(answers)}\n`, () => process.exit(0));
