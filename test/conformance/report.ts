// The report of `npm run conformance`: promises by group, then what became of each broken one, in plain words.
import { type MochaOptions, reporters, Runner, type Test } from 'mocha';

const { EVENT_SUITE_BEGIN, EVENT_TEST_PASS, EVENT_TEST_FAIL, EVENT_RUN_END } = Runner.constants;

/** Mocha makes one of these for the run it tells of. */
export class Report extends reporters.Base {
  constructor(runner: Runner, options?: MochaOptions) {
    super(runner, options);
    const broken: { place: string; error: Error }[] = [];
    let kept = 0;
    runner.on(EVENT_SUITE_BEGIN, (suite) => {
      // The first level names the channel, the second a group of promises.
      if (suite.parent && !suite.parent.root) console.log(`\n${suite.title}`);
    });
    runner.on(EVENT_TEST_PASS, (test) => {
      kept += 1;
      console.log(`  ✔ ${test.title}`);
    });
    runner.on(EVENT_TEST_FAIL, (test, error: Error) => {
      broken.push({ place: placeOf(test), error });
      console.log(`  ✖ ${test.title}`);
    });
    runner.on(EVENT_RUN_END, () => {
      for (const { place, error } of broken) console.log(`\n✖ ${place}\n${indent(wordsOf(error))}`);
      console.log(`\n${kept} promises kept, ${broken.length} broken.`);
    });
  }
}

const placeOf = (test: Test): string => test.titlePath().slice(1).join(' › ');

/** Counter-examples of properties are long and end in the reason; the stack leads to the promise in the kit. */
function wordsOf({ message, stack = '' }: Error): string {
  const frames = stack
    .slice(stack.indexOf(message) + message.length)
    .split('\n')
    .filter((line) => line.includes('file:') || line.includes('.ts:'));
  return [message, ...frames.slice(0, 4).map((line) => line.trim())].join('\n');
}

const indent = (text: string): string => text.replaceAll(/^/gm, '    ');
