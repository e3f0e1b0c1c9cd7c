import { expect } from 'chai';
import fc from 'fast-check';
import { readKeyword } from '../../channels/lib/keywords.ts';

describe('readKeyword', () => {
  const cases = {
    stop: 'STOP| Stop! |"STOP."|/stop|ＳＴＯＰ|stop 🙏|StopAll|Stop all|UNSUBSCRIBE|Cancel|END|quit|Revoke|OPTOUT|opt-out|Opt out',
    start: 'START|/start|Unstop|subscribe!',
    help: 'HELP|help?|INFO',
  };
  const foreign = {
    stop: 'Стоп|ВІДПИСАТИСЯ|Отписаться.|Отмена|Baja|darse de baja|PARAR|Hủy đăng ký|huy dang ky|Dừng|Tu choi',
    start: 'Старт|Підписатися|начать|Alta|bat dau|ĐĂNG KÝ',
    help: 'Допомога|помощь|Ayuda|INFORMACIÓN|trợ giúp',
  };
  for (const keyword of ['stop', 'start', 'help'] as const) {
    it(`reads ${keyword}, however it is written, in five languages`, () => {
      const texts = [cases[keyword], foreign[keyword]].flatMap((list) => list.split('|'));
      const ways = texts.flatMap((text) => [text, text.normalize('NFD'), text.toUpperCase()]);
      expect(ways.filter((text) => readKeyword(text) !== keyword)).to.deep.equal([]);
    });
  }

  it('takes the word only when it is the whole message', () => {
    const texts = ['', ' ', '!!!', "don't stop", 'stop it', 'please help me', 'start 5', 'Дай стоп', 'yes', 'stopp'];
    expect(texts.filter((text) => readKeyword(text) !== null)).to.deep.equal([]);
  });

  it('takes no word of one language for a word of another', () => {
    // "Right!" without its marks, and a name.
    expect(['đúng', 'dung', 'Huy'].map(readKeyword)).to.deep.equal([null, null, null]);
  });

  it('reads any text, however long', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(readKeyword(`${text} and more`)).to.equal(null);
      }),
    );
    expect(readKeyword('stop '.repeat(100_000))).to.equal(null);
  });
});
