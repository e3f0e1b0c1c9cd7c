// What the shares of a mailing's figures are of: one base for tiles, funnel and whoever shows them next.
import type { Statistics } from '../../../../src/http/api/statistics.ts';

/** Sent over the messengers that report it: what the others sent says nothing about the share. */
export const sentWhereReported = ({ byChannel }: Pick<Statistics, 'byChannel'>, what: 'delivered' | 'opened'): number =>
  byChannel.reduce((sum, { figures }) => sum + (figures[what] === null ? 0 : figures.sent), 0);

/** As few rows as the most columns allow, and as few columns as these rows need: rows as even as can be. */
export const evenColumns = (tiles: number, most: number): number => Math.ceil(tiles / Math.ceil(tiles / most));
