// A picture: dropped, pasted or chosen, or an address elsewhere; and the words for those who cannot see it.
import { Alert, Button, Group, Loader, Stack, Text, TextInput } from '@mantine/core';
import { IconPhotoPlus } from '@tabler/icons-react';
import { useLayoutEffect, useRef, useState } from 'react';
import { useDropzone } from 'react-dropzone';
import { useTranslation } from 'react-i18next';
import type { ChannelInfo } from '../../../../src/http/api/bots.ts';
import { api } from '../../api/api.ts';
import { errorText } from '../../api/client.ts';
import { ErrorLine } from '../../ui/error-line.tsx';
import { useFormat } from '../../ui/use-format.ts';
import { pictureAddress } from '../preview/bubbles.ts';
import type { ElementOf } from '../shapes.ts';
import classes from './composer.module.css';
import { compress } from './compress.ts';

const TYPES = { 'image/jpeg': [], 'image/png': [], 'image/gif': [], 'image/webp': [] };
const MEGABYTE = 1_048_576;
/** What the server takes at all. */
const SERVER_LIMIT = 20 * MEGABYTE;

interface Props {
  image: ElementOf<'image'>;
  onChange: (image: ElementOf<'image'>) => void;
  channels: readonly ChannelInfo[];
  error?: string | undefined;
}

type State =
  | { kind: 'idle' }
  | { kind: 'busy' }
  | { kind: 'failed'; message: string }
  | { kind: 'large'; file: File; limit: number; channel: string };

export default function ImageEditor({ image, onChange, channels, error }: Props) {
  const { t } = useTranslation('wizard');
  const format = useFormat();
  const [state, setState] = useState<State>({ kind: 'idle' });
  // Words typed at the moment the picture arrives and the picture must outlive each other: both change what is newest.
  const latest = useRef(image);
  useLayoutEffect(() => {
    latest.current = image;
  }, [image]);
  const change = (next: ElementOf<'image'>): void => {
    latest.current = next;
    onChange(next);
  };
  // Where a picture becomes a link, it may be of any size.
  const strictest = channels
    .filter(({ capabilities }) => capabilities.elements.includes('image'))
    .toSorted((a, b) => a.capabilities.imageBytes - b.capabilities.imageBytes)[0];
  const limit = Math.min(strictest?.capabilities.imageBytes ?? SERVER_LIMIT, SERVER_LIMIT);

  const upload = async (file: File): Promise<void> => {
    if (file.size > limit) return setState({ kind: 'large', file, limit, channel: strictest?.title ?? '' });
    setState({ kind: 'busy' });
    try {
      const media = await api.media.upload(file);
      change({ ...latest.current, source: media.source });
      setState({ kind: 'idle' });
    } catch (caught) {
      setState({ kind: 'failed', message: errorText(caught) });
    }
  };
  const shrink = async (file: File): Promise<void> => {
    setState({ kind: 'busy' });
    const small = await compress(file, limit);
    if (small) await upload(small);
    else setState({ kind: 'failed', message: t('image.unreadable') });
  };

  const { getRootProps, getInputProps, isDragActive, open } = useDropzone({
    accept: TYPES,
    multiple: false,
    onDropAccepted: ([file]) => file && void upload(file),
    onDropRejected: () => setState({ kind: 'failed', message: t('image.kind') }),
    noClick: image.source !== '',
    noKeyboard: true,
  });
  const address = pictureAddress(image.source);
  const megabytes = (bytes: number) =>
    t('image.megabytes', { size: format.number(Math.max(0.1, Math.round((bytes / MEGABYTE) * 10) / 10)) });

  return (
    <Stack gap="sm">
      <div
        {...getRootProps({
          className: image.source === '' ? classes.drop : undefined,
          'data-over': isDragActive || undefined,
          tabIndex: undefined,
        })}
      >
        <input {...getInputProps({ 'aria-label': t('image.choose') })} />
        {state.kind === 'busy' && <Loader size="sm" aria-label={t('image.uploading')} />}
        {image.source === '' && state.kind !== 'busy' && (
          <>
            <IconPhotoPlus size={26} stroke={1.4} aria-hidden />
            <span>{t('image.drop')}</span>
            <Button
              size="compact-sm"
              variant="light"
              onClick={(event) => {
                event.stopPropagation();
                open();
              }}
              aria-invalid={error ? true : undefined}
            >
              {t('image.choose')}
            </Button>
          </>
        )}
        {address && state.kind !== 'busy' && <img className={classes.picture} src={address} alt={image.alt ?? ''} />}
      </div>
      {image.source !== '' && (
        <Group gap="xs">
          <Button size="compact-sm" variant="default" onClick={open}>
            {t('image.replace')}
          </Button>
        </Group>
      )}
      {state.kind === 'large' && (
        <Alert color="red" role="alert">
          <Group justify="space-between" gap="sm">
            <Text size="sm">
              {t('image.large', {
                size: megabytes(state.file.size),
                channel: state.channel,
                limit: megabytes(state.limit),
              })}
            </Text>
            <Button size="compact-sm" variant="default" onClick={() => void shrink(state.file)}>
              {t('image.compress', { limit: megabytes(state.limit) })}
            </Button>
          </Group>
        </Alert>
      )}
      {state.kind === 'failed' && <ErrorLine>{state.message}</ErrorLine>}
      {error && state.kind === 'idle' && <ErrorLine size="xs">{error}</ErrorLine>}
      <TextInput
        label={t('image.alt')}
        description={t('image.altWhy')}
        value={image.alt ?? ''}
        maxLength={500}
        onChange={(event) => {
          const { alt: _, ...rest } = latest.current;
          const alt = event.currentTarget.value;
          change(alt === '' ? rest : { ...rest, alt });
        }}
      />
    </Stack>
  );
}
