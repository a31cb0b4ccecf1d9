import { request } from 'node:http';

/**
 * Posts to the sink; whether it said yes. Each time by a socket of its own: descriptors that open and close beside the
 * client's show a client that holds on to one which is no longer its own.
 */
export function askSink(url: string, path: string, body: object): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const outgoing = request(`${url}${path}`, { method: 'POST', agent: false }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (part: string) => (text += part));
      response.on('end', () => {
        resolve((JSON.parse(text) as { yes: boolean }).yes);
      });
      response.on('error', reject);
    });
    outgoing.on('error', reject);
    outgoing.end(JSON.stringify(body));
  });
}
