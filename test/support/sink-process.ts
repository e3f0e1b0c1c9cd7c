// Entry of a sink in a process of its own: `sink-process.ts [drops-repeats] [delay=<ms>]`. Prints its address when it is
// ready.
import { startSink } from './sink.ts';

const delay = process.argv.find((word) => word.startsWith('delay='))?.slice('delay='.length);
const sink = await startSink({ dropsRepeats: process.argv.includes('drops-repeats'), delayMs: Number(delay ?? 0) });
console.log(JSON.stringify({ url: sink.url }));
// Ends with whoever started it.
process.stdin.resume();
process.stdin.once('end', () => process.exit(0));
