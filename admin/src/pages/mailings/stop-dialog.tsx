// Asks before a running mailing is stopped, with what is already out and what is not.
import { useTranslation } from 'react-i18next';
import type { MailingRow } from '../../../../src/http/api/mailings.ts';
import { ConfirmDialog } from '../../ui/confirm.tsx';
import { useFormat } from '../../ui/use-format.ts';

interface Props {
  mailing: MailingRow;
  opened: boolean;
  onClose: () => void;
  onStop: () => Promise<unknown>;
}

export function StopDialog({ mailing, opened, onClose, onStop }: Props) {
  const { t } = useTranslation();
  const format = useFormat();
  const { planned, sent, remaining } = mailing.figures;
  return (
    <ConfirmDialog
      opened={opened}
      onClose={onClose}
      title={t('stop.title', { name: mailing.name })}
      confirm={t('stop.confirm')}
      cancel={t('stop.cancel')}
      danger
      onConfirm={onStop}
    >
      {t('stop.text', {
        sent: format.number(sent),
        planned: format.number(planned),
        remaining: format.number(remaining),
      })}
    </ConfirmDialog>
  );
}
