// A database that refuses some changes of deliveries: a trigger plays the fault, so that the real statements meet it.
import { type Database, isMysql } from '../../src/store/database.ts';

/** From now on it refuses changes under this condition, of `new` and `old`. */
export async function refuse(db: Database, condition: string): Promise<void> {
  await db.raw(
    isMysql(db)
      ? `create trigger poison before update on deliveries for each row begin if ${condition} then signal sqlstate '45000'; end if; end`
      : `create trigger poison before update on deliveries when ${condition} begin select raise(abort, 'poison'); end`,
  );
}

export const accept = (db: Database): Promise<unknown> => db.raw('drop trigger if exists poison');
