// `redis-cli ping` with the password of REDISCLI_AUTH: the one use that the stack's health check makes of redis-cli.
import { connect } from 'node:net';

const password = process.env.REDISCLI_AUTH;
const commands = [...(password === undefined ? [] : [['AUTH', password]]), ['PING']];
const socket = connect(6379, '127.0.0.1');
socket.setEncoding('utf8').setTimeout(4000, () => {
  fail('no answer within 4 s');
});
socket.on('error', (error) => {
  fail(error.message);
});
let answers = '';
socket.on('data', (text) => {
  answers += text;
  const replies = answers.split('\r\n').slice(0, -1);
  const refused = replies.find((reply) => !reply.startsWith('+'));
  if (refused !== undefined) fail(refused);
  else if (replies.length === commands.length) {
    console.log(replies.at(-1).slice(1));
    socket.destroy();
  }
});
socket.write(commands.map(request).join(''));

function request(words) {
  return `*${words.length}\r\n${words.map((word) => `$${Buffer.byteLength(word)}\r\n${word}\r\n`).join('')}`;
}

function fail(problem) {
  console.error(problem);
  process.exitCode = 1;
  socket.destroy();
}
