// Entry of a sink in a process of its own: `sink-process.ts [drops-repeats]`. Prints its address when it is ready.
import { startSink } from './sink.ts';

const sink = await startSink({ dropsRepeats: process.argv.includes('drops-repeats') });
console.log(JSON.stringify({ url: sink.url }));
// Ends with whoever started it.
process.stdin.resume();
process.stdin.once('end', () => process.exit(0));
