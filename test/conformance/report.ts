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

const LONGEST = 1500;

/** A property names its counter-example, which may be long, and the reason as its cause; the frames lead into the kit. */
function wordsOf({ message, stack = '', cause }: Error): string {
  const reason = cause instanceof Error ? [`Reason: ${cause.message}`] : [];
  const frames = stack.split('\n').filter((line) => line.startsWith('    at ') && line.includes('.ts:'));
  const said = message.length > LONGEST ? `${message.slice(0, LONGEST)} …` : message;
  return [said, ...reason, ...frames.slice(0, 4).map((line) => line.trim())].join('\n');
}

const indent = (text: string): string => text.replaceAll(/^/gm, '    ');
