import { expect } from 'chai';
import { mailingSettingsSchema } from '../../src/domain/mailing-settings.ts';
import { Problem } from '../../src/domain/problem.ts';
import {
  type Campaign,
  copyCampaign,
  createCampaign,
  getCampaign,
  listCampaigns,
  moveCampaign,
  patchCampaign,
  restoreCampaign,
  trashCampaign,
} from '../../src/store/campaigns.ts';
import { bump, readCounters, readMinutes } from '../../src/store/counters.ts';
import { ensureLinks, listLinks } from '../../src/store/links.ts';
import { contentOf as contentOfCampaign, newestVersion } from '../../src/store/messages.ts';
import { onEveryDatabase } from '../support/databases.ts';
import { contentOf, text } from '../support/mailing.ts';

const NOW = 1_700_000_000_000;

const code = async (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => 'nothing',
    (error: unknown) => (error instanceof Problem ? error.code : String(error)),
  );

onEveryDatabase('campaigns', (db) => {
  const draft = (name = 'Draft'): Promise<Campaign> =>
    createCampaign(db(), { name, content: contentOf(text('Hello')), staffId: null, now: NOW });
  const sending = async (campaign: Campaign): Promise<Campaign> => {
    await moveCampaign(db(), campaign.id, 'schedule', { now: NOW, dueAt: NOW });
    const { id } = await newestVersion(db(), campaign.messageId);
    return moveCampaign(db(), campaign.id, 'start', { now: NOW, planCeiling: 0, messageVersionId: id });
  };

  it('starts as a draft for active people at 25 a second', async () => {
    const campaign = await draft();
    expect(campaign).to.include({ state: 'draft', version: 1, deletedAt: null });
    expect(campaign.settings).to.deep.equal(mailingSettingsSchema.parse({}));
    expect(await getCampaign(db(), campaign.publicId)).to.deep.equal(campaign);
  });

  it('refuses an edit made on an older version', async () => {
    const campaign = await draft();
    const saved = await patchCampaign(db(), campaign.id, { version: 1, name: 'First' }, NOW + 1);
    expect(saved).to.include({ version: 2, name: 'First' });
    expect(await code(patchCampaign(db(), campaign.id, { version: 1, name: 'Second' }, NOW + 2))).to.equal(
      'version_conflict',
    );
    expect((await getCampaign(db(), campaign.publicId)).name).to.equal('First');
  });

  it('changes only name and speed once it is being sent', async () => {
    const campaign = await sending(await draft());
    const faster = await patchCampaign(db(), campaign.id, { version: 1, settings: { speed: 100 } }, NOW);
    expect(faster.settings.speed).to.equal(100);
    expect(
      await code(patchCampaign(db(), campaign.id, { version: 2, content: contentOf(text('Other')) }, NOW)),
    ).to.equal('campaign_locked');
    expect(await code(patchCampaign(db(), campaign.id, { version: 2, settings: { excluded: [] } }, NOW))).to.equal(
      'campaign_locked',
    );
  });

  it('keeps the version that was sent', async () => {
    const campaign = await sending(await draft());
    await moveCampaign(db(), campaign.id, 'finish', { now: NOW });
    const copy = await copyCampaign(db(), campaign.id, { name: 'Copy', staffId: null, now: NOW });
    await patchCampaign(db(), copy.id, { version: 1, content: contentOf(text('New words')) }, NOW);
    expect(await contentOfCampaign(db(), campaign)).to.deep.equal(contentOf(text('Hello')));
    expect(await contentOfCampaign(db(), copy)).to.deep.equal(contentOf(text('New words')));
    expect(copy.state).to.equal('draft');
  });

  it('overwrites the newest version while nothing was sent', async () => {
    const campaign = await draft();
    await patchCampaign(db(), campaign.id, { version: 1, content: contentOf(text('One')) }, NOW);
    await patchCampaign(db(), campaign.id, { version: 2, content: contentOf(text('Two')) }, NOW);
    expect(await newestVersion(db(), campaign.messageId)).to.deep.include({
      number: 1,
      content: contentOf(text('Two')),
    });
  });

  it('makes only the moves of the table', async () => {
    const campaign = await draft();
    expect(await code(moveCampaign(db(), campaign.id, 'stop', { now: NOW }))).to.equal('campaign_state');
    await moveCampaign(db(), campaign.id, 'schedule', { now: NOW, dueAt: NOW + 10 });
    expect(await moveCampaign(db(), campaign.id, 'unschedule', { now: NOW })).to.include({
      state: 'draft',
      dueAt: null,
    });
  });

  it('goes into the trash and back, but not while it is sent', async () => {
    const campaign = await draft('Unwanted');
    await trashCampaign(db(), campaign.id, NOW);
    const inTrash = await listCampaigns(db(), { tab: 'trash', limit: 50 });
    expect(inTrash.items.map(({ name }) => name)).to.deep.equal(['Unwanted']);
    expect((await listCampaigns(db(), { tab: 'all', search: 'unwANTED', limit: 50 })).items).to.deep.equal([]);
    await restoreCampaign(db(), campaign.id, NOW);
    expect((await listCampaigns(db(), { tab: 'all', search: 'unwANTED', limit: 50 })).items).to.have.length(1);
    expect(await code(trashCampaign(db(), (await sending(await draft())).id, NOW))).to.equal('campaign_state');
  });

  it('pages through the list, newest first', async () => {
    const all = (await listCampaigns(db(), { tab: 'all', limit: 200 })).items.map(({ id }) => id);
    const first = await listCampaigns(db(), { tab: 'all', limit: 2 });
    const second = await listCampaigns(db(), { tab: 'all', limit: 2, cursor: first.next ?? '' });
    expect([...first.items, ...second.items].map(({ id }) => id)).to.deep.equal(all.slice(0, 4));
  });

  it('adds up counters and their minutes', async () => {
    const base = { campaignId: 77, botId: 1 };
    await bump(db(), [
      { ...base, figure: 'sent', by: 2, at: NOW },
      { ...base, figure: 'sent', by: 1, at: NOW + 1 },
      { ...base, figure: 'planned', by: 5 },
    ]);
    await bump(db(), [
      { ...base, figure: 'sent', by: 1, at: NOW },
      { ...base, figure: 'planned', by: 1 },
      { ...base, figure: 'planned', by: -1 },
    ]);
    const counters = await readCounters(db(), [77]);
    expect(Object.fromEntries(counters.map(({ figure, value }) => [figure, value]))).to.deep.equal({
      planned: 5,
      sent: 4,
    });
    expect(await readMinutes(db(), 77)).to.deep.equal([{ figure: 'sent', minute: NOW - (NOW % 60_000), value: 4 }]);
  });

  it('numbers links once and only ever adds', async () => {
    const { id } = await draft();
    const message = (url: string) => ({
      elements: [
        { kind: 'buttons' as const, rows: [[{ kind: 'link' as const, id: 'go', label: 'Go', url }]] },
        { kind: 'text' as const, text: [{ text: 'here', link: url }] },
      ],
    });
    const first = await ensureLinks(db(), id, 'fake', message('https://a.example/'));
    expect(first.map(({ number, kind }) => [number, kind])).to.deep.equal([
      [1, 'link'],
      [2, 'inline'],
    ]);
    expect(await ensureLinks(db(), id, 'fake', message('https://a.example/'))).to.deep.equal(first);
    await ensureLinks(db(), id, 'fake', message('https://b.example/'));
    expect((await listLinks(db(), id)).map(({ number }) => number)).to.deep.equal([1, 2, 3, 4]);
  });
});
