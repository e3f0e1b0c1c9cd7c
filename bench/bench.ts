// What a bench is given and what it answers.
export interface BenchOptions {
  /** Size of the mailing; each bench has its own default. */
  people: number | null;
  /** How often the measure and its baseline alternate. */
  rounds: number | null;
  /** Progress, for the person who waits. */
  note: (line: string) => void;
}

/** Figures by name. One that could not be measured here is left out. */
export type Figures = Record<string, number>;

export type Bench = (options: BenchOptions) => Promise<Figures>;

export const round = (value: number, digits = 2): number => Number(value.toFixed(digits));

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}
