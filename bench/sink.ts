// Entry of the benches' sink, in a process of its own: takes any POST, answers as a messenger would, and keeps only
// counts and times of arrival. `/_take` answers them and starts anew. It speaks just as much HTTP/1.1 as the benches do,
// over bare sockets: node:http cost as much as the sender that was to be measured, and the sink was the limit.
import { createServer, type Socket } from 'node:net';
import type { AddressInfo } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';

/** `--delay <ms>`: a platform that takes its time. */
const DELAY_MS = Number(process.argv[process.argv.indexOf('--delay') + 1]) || 0;

const ok = (body: string): string =>
  `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;

const ANSWER = Buffer.from(
  ok(
    JSON.stringify({
      ok: true,
      id: 'm1',
      result: { message_id: 1, date: 1, chat: { id: 1, type: 'private' }, text: 'x' },
    }),
  ),
);

let arrivals: number[] = [];
let marked: number[] = [];

function answer(socket: Socket, path: string): void {
  if (path === '/_take') {
    socket.write(ok(JSON.stringify({ arrivals, marked })));
    arrivals = [];
    marked = [];
    return;
  }
  const at = performance.timeOrigin + performance.now();
  // Replies are told apart by their path: `/send/<address>/<key>` of the address `reply`.
  if (path.startsWith('/send/reply')) marked.push(at);
  arrivals.push(at);
  if (DELAY_MS === 0) socket.write(ANSWER);
  else void pause(DELAY_MS).then(() => socket.destroyed || socket.write(ANSWER));
}

/** Cuts what a connection brings into requests; most often one packet is one request. */
function serve(socket: Socket): void {
  let kept = '';
  socket.setNoDelay(true);
  socket.setEncoding('latin1');
  socket.on('error', () => socket.destroy());
  socket.on('data', (text: string) => {
    kept = kept === '' ? text : kept + text;
    for (let head = kept.indexOf('\r\n\r\n'); head !== -1; head = kept.indexOf('\r\n\r\n')) {
      const length = Number(/\r\ncontent-length: *(\d+)/i.exec(kept.slice(0, head + 2))?.[1] ?? 0);
      const end = head + 4 + length;
      if (kept.length < end) return;
      const path = kept.slice(kept.indexOf(' ') + 1, kept.indexOf(' ', kept.indexOf(' ') + 1));
      kept = kept.slice(end);
      answer(socket, path);
    }
  });
}

const server = createServer(serve);
server.listen(0, '127.0.0.1', () => {
  console.log(JSON.stringify({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }));
});
process.stdin.resume();
process.stdin.once('end', () => process.exit(0));
