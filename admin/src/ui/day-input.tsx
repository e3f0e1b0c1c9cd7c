// A date field whose calendar speaks the language of the page. Values are plain days, `2026-11-22`.
import '@mantine/dates/styles.layer.css';
import 'dayjs/locale/es';
import 'dayjs/locale/ru';
import 'dayjs/locale/uk';
import 'dayjs/locale/vi';
import { DateInput, DateTimePicker } from '@mantine/dates';
import type { DateInputProps, DateTimePickerProps } from '@mantine/dates';
import { useTranslation } from 'react-i18next';

/** Weeks begin on Monday but for English. */
const firstDay = (language: string): 0 | 1 => (language === 'en' ? 0 : 1);
const dayFormat = (language: string): string => (language === 'en' ? 'MMM D, YYYY' : 'D MMM YYYY');

export function DayInput(props: DateInputProps) {
  const { i18n } = useTranslation();
  return (
    <DateInput
      locale={i18n.language}
      firstDayOfWeek={firstDay(i18n.language)}
      valueFormat={dayFormat(i18n.language)}
      clearable={false}
      {...props}
    />
  );
}

export function DayTimeInput(props: DateTimePickerProps) {
  const { i18n, t } = useTranslation('wizard');
  return (
    <DateTimePicker
      locale={i18n.language}
      firstDayOfWeek={firstDay(i18n.language)}
      valueFormat={`${dayFormat(i18n.language)} HH:mm`}
      submitButtonProps={{ 'aria-label': t('when.take') }}
      timePickerProps={{ hoursInputLabel: t('when.hours'), minutesInputLabel: t('when.minutes'), withDropdown: false }}
      {...props}
    />
  );
}
