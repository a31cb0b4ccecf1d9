import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { decodeHead, decodeObject } from '../keyspace/record-codec.js';
import { decodeSamples } from '../series/sample-codec.js';
import { type ChunkAccess } from '../series/sample-store.js';
import { Series } from '../series/series.js';
import { LOCK_FILE } from '../storage/folder-inspection.js';
import { type LmdbReader, openLmdbReader } from '../storage/lmdb-reader.js';
import { RecordKind } from '../storage/record-key.js';

/** What a time series folder or a backup of it holds. */
export interface Contents {
  keys: number;
  series: number;
  samples: number;
  /** Records of the database: keys, newest samples of series, sealed samples, fields and entries. */
  records: number;
}

/** A chunk is read by its record here, never through the series. */
const NO_CHUNKS: ChunkAccess = {
  read: notRead,
  readToSeal: notRead,
  write: () => {},
  writeSealed: () => {},
  remove: () => {},
};

function notRead(): never {
  throw new Error('not read');
}

/**
 * Reads every record of the database in a folder that nobody writes to, and counts what it holds: every checksum must
 * fit, every series have its newest samples and all its sealed ones. Errors name the original.
 *
 * @throws DataFolderError for what does not hold together; Error of the codec for a record that cannot be read.
 */
export async function checkCopy(folder: string, original: string): Promise<Contents> {
  const reader = await openLmdbReader(folder, original);
  try {
    return count(reader);
  } finally {
    await reader.close();
    rmSync(join(folder, LOCK_FILE), { force: true });
  }
}

function count(reader: LmdbReader): Contents {
  const contents: Contents = { keys: 0, series: 0, samples: 0, records: 0 };
  for (const { id, bytes } of reader.objects()) {
    contents.keys++;
    const object = decodeObject(id, bytes, NO_CHUNKS);
    if (!(object instanceof Series)) continue;
    contents.series++;
    decodeHead(object, reader.require({ kind: RecordKind.head, objectId: id, partId: 0 }));
    contents.samples += object.samples.head.length;
    for (const chunk of object.samples.chunks) {
      const samples = decodeSamples(
        reader.require({ kind: RecordKind.chunk, objectId: id, partId: chunk.id }),
      );
      if (samples.length !== chunk.count) {
        throw new RangeError(`chunk ${chunk.id} of ${object.key} has ${samples.length} samples`);
      }
      contents.samples += samples.length;
    }
  }
  contents.records = reader.checkRecords();
  return contents;
}
