// A text for channels that know no links behind words. `fit` leaves bare addresses there, each as a run of its own whose
// link is its text; people get the tracked address in its place.
import type { RenderLinks } from '../../src/domain/channel.ts';
import { isBareAddress, type RichText } from '../../src/domain/message.ts';

export const plainRuns = (text: RichText, links: RenderLinks): string =>
  text.map((run) => (isBareAddress(run) ? links.inline(run.link) : run.text)).join('');
