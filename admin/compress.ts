// Lays a .br and a .gz beside every file whose name carries a hash, so that the server sends the smallest form there is
// and spends nothing on making it. Files that would gain little are left as they are.
import { brotliCompress, constants, gzip } from 'node:zlib';
import { promisify } from 'node:util';
import type { Plugin } from 'vite';

const SMALLEST_BYTES = 1024;
const TEXT = /^assets\/.*\.(js|css|svg|json)$/;

const brotli = promisify(brotliCompress);
const zip = promisify(gzip);

const brotliOptions = (size: number) => ({
  params: {
    [constants.BROTLI_PARAM_MODE]: constants.BROTLI_MODE_TEXT,
    [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY,
    [constants.BROTLI_PARAM_SIZE_HINT]: size,
  },
});

export const compressed = (): Plugin => ({
  name: 'compressed',
  apply: 'build',
  generateBundle: {
    order: 'post',
    async handler(_options, bundle) {
      const files = Object.values(bundle).filter(({ fileName }) => TEXT.test(fileName));
      await Promise.all(
        files.map(async (file) => {
          const source = Buffer.from(file.type === 'chunk' ? file.code : file.source);
          if (source.length < SMALLEST_BYTES) return;
          const [small, zipped] = await Promise.all([
            brotli(source, brotliOptions(source.length)),
            zip(source, { level: constants.Z_BEST_COMPRESSION }),
          ]);
          this.emitFile({ type: 'asset', fileName: `${file.fileName}.br`, source: small });
          this.emitFile({ type: 'asset', fileName: `${file.fileName}.gz`, source: zipped });
        }),
      );
    },
  },
});
