// Entry of the benches' sink, in a process of its own: takes any POST, answers as a messenger would, and keeps only
// counts and times of arrival. `/_take` answers them and starts anew.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

const ANSWER = JSON.stringify({
  ok: true,
  id: 'm1',
  result: { message_id: 1, date: 1, chat: { id: 1, type: 'private' }, text: 'x' },
});
const HEADERS = { 'content-type': 'application/json', 'content-length': String(ANSWER.length) };

let arrivals: number[] = [];
let marked: number[] = [];

const server = createServer((request, response) => {
  if (request.url === '/_take') {
    response.end(JSON.stringify({ arrivals, marked }));
    arrivals = [];
    marked = [];
    return;
  }
  // Replies are told apart by their path: `/send/<address>/<key>` of the address `reply`.
  const at = performance.timeOrigin + performance.now();
  if (request.url?.startsWith('/send/reply')) marked.push(at);
  arrivals.push(at);
  request.on('data', () => {});
  request.on('end', () => {
    response.writeHead(200, HEADERS);
    response.end(ANSWER);
  });
});
server.keepAliveTimeout = 60_000;
server.listen(0, '127.0.0.1', () =>
  console.log(JSON.stringify({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` })),
);
process.stdin.resume();
process.stdin.once('end', () => process.exit(0));
