import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runProcess } from '@atalaya/test-kit';

const APPS = fileURLToPath(new URL('../../', import.meta.url));

test.each(['ingest-api', 'leader-aggregator', 'sensor-agent'])(
  'under a limit of 40 open files the start of %s ends with one message',
  async (name) => {
    const program = join(APPS, name, 'dist', 'main.js');
    const started = runProcess('bash', ['-c', 'ulimit -n 40; exec "$0" "$1"', process.execPath, program], {
      name,
      env: { NODE_OPTIONS: '', ZOOKEEPER_HOSTS: '127.0.0.1:1' },
    });
    expect(await started.ended).toEqual({ code: 1, signal: null });
    expect(started.lines).toHaveLength(1);
    expect(started.lines[0]).toMatch(
      new RegExp(
        `^${name}: The limit of open files \\(ulimit -n\\) is too low to start \\(40\\)\\. Set it to 1024 or more\\.$`,
      ),
    );
  },
);
