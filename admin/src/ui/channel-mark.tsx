// The mark of a messenger, drawn from what its channel declares; its first letter where it declares nothing. Always beside
// its name, so it says nothing by itself.
import type { ChannelInfo } from '../../../src/http/api/bots.ts';
import classes from './channel-mark.module.css';

export function ChannelMark({ channel, size = 28 }: { channel: Pick<ChannelInfo, 'title' | 'badge'>; size?: number }) {
  const { badge, title } = channel;
  return (
    <span
      className={classes.mark}
      style={{ width: size, height: size, fontSize: size * 0.5, ...(badge ? { background: badge.color } : {}) }}
      aria-hidden
    >
      {badge ? (
        <svg viewBox="0 0 24 24" width={size * 0.64} height={size * 0.64} className={classes.drawing}>
          {badge.icon.map((path) => (
            <path key={path} d={path} />
          ))}
        </svg>
      ) : (
        [...title][0]?.toLocaleUpperCase()
      )}
    </span>
  );
}
