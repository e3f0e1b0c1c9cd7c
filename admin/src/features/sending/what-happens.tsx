// All that is set, in a sentence each: what one agrees to by pressing the button.
import { Divider, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { queries } from '../../api/queries.ts';
import { useFormat } from '../../ui/use-format.ts';
import type { Settings } from '../shapes.ts';
import { RULES } from './rules.ts';
import { useSendingWords } from './use-words.ts';

/** Over which connections it goes, in a sentence; null where there is but one way. */
export function useViaSentence(): (via: Settings['via']) => string | null {
  const { t } = useTranslation('sending');
  const { language } = useFormat();
  const { data } = useQuery(queries.bots());
  return (via) => {
    if (via.mode === 'main' && data && data.items.length < 2) return null;
    if (via.mode === 'main') return t(via.fallback ? 'says.fallback' : 'says.noFallback');
    const names = via.bots.map((id) => data?.items.find((bot) => bot.id === id)?.name ?? id);
    // An order is read from first to last: no "and" before the last one.
    const bots = new Intl.ListFormat(language, { type: 'unit', style: 'short' }).format(names);
    return t(via.each ? 'says.each' : 'says.order', { bots });
  };
}

interface Props {
  settings: Settings;
  /** Under a heading of its own. */
  titled?: boolean;
}

export function WhatHappens({ settings, titled = false }: Props) {
  const { t } = useTranslation('sending');
  const words = useSendingWords();
  const via = useViaSentence();
  const { when } = settings;
  const sentences = [
    ...(when.mode === 'person' ? words.person(when) : []),
    via(settings.via),
    ...RULES.map((rule) => words.sentence(rule, settings)),
  ].filter((sentence) => sentence !== null);
  if (sentences.length === 0) return null;
  return (
    <>
      {titled && <Divider />}
      {titled && <Title order={3}>{t('says.title')}</Title>}
      <Text component="ul" size="sm" m={0} ps={18}>
        {sentences.map((sentence) => (
          <li key={sentence}>{sentence}</li>
        ))}
      </Text>
    </>
  );
}
