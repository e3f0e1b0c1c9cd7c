// Takes the file: dropped or chosen.
import { Button, Loader, Stack, Text } from '@mantine/core';
import { IconFileSpreadsheet } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useDropzone } from 'react-dropzone';
import { useTranslation } from 'react-i18next';
import type { Import } from '../../../../src/http/api/subscribers.ts';
import { api } from '../../api/api.ts';
import { errorText } from '../../api/client.ts';
import { keys } from '../../api/queries.ts';
import { ErrorLine } from '../../ui/error-line.tsx';
import classes from './import.module.css';

const ACCEPTED = {
  'text/csv': ['.csv', '.tsv', '.txt'],
  'text/plain': ['.csv', '.txt'],
  'text/tab-separated-values': ['.tsv'],
};

export function Upload({ onUploaded }: { onUploaded: (uploaded: Import) => void }) {
  const { t } = useTranslation('people');
  const client = useQueryClient();
  const [wrong, setWrong] = useState(false);
  const upload = useMutation({
    mutationFn: api.imports.upload,
    onSuccess: (uploaded) => {
      client.setQueryData(keys.import(uploaded.id), uploaded);
      onUploaded(uploaded);
    },
  });
  const { getRootProps, getInputProps, isDragActive, open } = useDropzone({
    accept: ACCEPTED,
    multiple: false,
    noClick: true,
    noKeyboard: true,
    disabled: upload.isPending,
    onDrop: () => setWrong(false),
    onDropAccepted: ([file]) => file && upload.mutate(file),
    onDropRejected: () => setWrong(true),
  });
  return (
    <Stack gap="xs">
      <div {...getRootProps({ className: classes.drop, 'data-over': isDragActive || undefined, tabIndex: undefined })}>
        <input {...getInputProps({ 'aria-label': t('import.choose') })} />
        {upload.isPending ? (
          <Loader size="sm" aria-label={t('import.uploading')} />
        ) : (
          <IconFileSpreadsheet size={36} stroke={1.3} aria-hidden />
        )}
        <Text size="sm">{t(upload.isPending ? 'import.uploading' : 'import.drop')}</Text>
        <Button variant="light" disabled={upload.isPending} onClick={open}>
          {t('import.choose')}
        </Button>
        <Text size="xs" c="dimmed">
          {t('import.kinds')}
        </Text>
      </div>
      {(wrong || upload.error) && <ErrorLine>{wrong ? t('import.wrongKind') : errorText(upload.error)}</ErrorLine>}
    </Stack>
  );
}
