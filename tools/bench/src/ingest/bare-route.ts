// The baseline of the ingest benchmark: a bare Fastify route that does one TS.ADD and nothing else.
import { fastify } from 'fastify';
import { Redis } from 'ioredis';

const [redisUrl = '', port = ''] = process.argv.slice(2);
const redis = new Redis(redisUrl, { enableAutoPipelining: false });
const app = fastify();
app.post('/measurements', async (request, reply) => {
  const { timestamp, value } = request.body as { timestamp: number; value: number };
  await redis.call('TS.ADD', 'bare', timestamp, value, 'DUPLICATE_POLICY', 'BLOCK');
  return reply.code(201).send({ timestamp, value });
});
await app.listen({ host: '127.0.0.1', port: Number(port) });
process.stdout.write('ready\n');
