// Which installation a database belongs to: an id in the database and the same id beside the configuration. Where they
// differ this may be a restored copy, and two servers sending from one list would write to everybody twice.

/** What lies beside the configuration: the variable INSTANCE_ID, or else a file that also holds its own inode number. */
export type Claim =
  | { from: 'variable'; id: string }
  | { from: 'file'; id: string; inode: string; writtenInode: string };

export const DOUBTS = ['no_file', 'other_file', 'copied_file', 'other_variable'] as const;
/**
 * `no_file`: nothing beside the configuration; `other_file`, `other_variable`: another id there; `copied_file`: the
 * right id, in a file that was itself copied.
 */
export type Doubt = (typeof DOUBTS)[number];

/** Why this may be a copy; null where it surely is the installation that the database knows. */
export function doubt(stored: string, claim: Claim | null): Doubt | null {
  if (claim === null) return 'no_file';
  if (claim.from === 'variable') return claim.id === stored ? null : 'other_variable';
  if (claim.id !== stored) return 'other_file';
  return claim.inode === claim.writtenInode ? null : 'copied_file';
}

/** The id for a database that has none: the one at hand, unless it lies in a copied file, else a new one. */
export function firstId(claim: Claim | null, fresh: string): string {
  if (claim === null || (claim.from === 'file' && claim.inode !== claim.writtenInode)) return fresh;
  return claim.id;
}

/** The id after a person's word. Nobody but the environment sets a variable; else a new id, so that the other copy asks. */
export const confirmedId = (claim: Claim | null, fresh: string): string =>
  claim?.from === 'variable' ? claim.id : fresh;

export interface InstanceState {
  /** Null: confirmed, it sends. */
  doubt: Doubt | null;
  /** When the database got its id, and on which machine. */
  since: number;
  host: string;
  /** When a message last went out over any of its bots, by whichever server. */
  lastSentAt: number | null;
  /** Mailings that go on as soon as it is confirmed: being sent, or due to start. */
  mailings: number;
  /** Processes on other machines that send from this very database now. */
  sendingElsewhere: { host: string; seenAt: number }[];
}

/** The answer to "may this process send?", kept by the composition root and asked by all who reach out. */
export interface Instance {
  /** Looks anew: a person may just have confirmed, here or in another process. */
  isConfirmed(): Promise<boolean>;
  state(): Promise<InstanceState>;
  /** A person's word that this is the one to send. Throws `instance_in_use` while another machine sends. */
  confirm(): Promise<void>;
}
