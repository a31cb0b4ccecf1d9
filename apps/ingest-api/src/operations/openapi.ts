import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import { jsonSchemaTransform } from 'fastify-type-provider-zod';
import { type App } from '../app-types.js';
import { DOCS_CONTENT_SECURITY_POLICY } from '../security/security-headers.js';

/** Collects the schemas of the routes that are registered after it into the OpenAPI document. */
export async function collectOpenApi(app: App): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Atalaya ingest API',
        version: '0.1.0',
        description:
          'Stores the means of groups of sensors and gives them out again. Errors are `application/problem+json`. ' +
          'Writes need the token where one is set.',
        license: { name: 'MIT', identifier: 'MIT' },
      },
      components: { securitySchemes: { token: { type: 'http', scheme: 'bearer' } } },
    },
    transform: jsonSchemaTransform,
  });
}

/** `/openapi.json` and its viewer at `/docs`. */
export async function registerDocs(app: App): Promise<void> {
  app.get('/openapi.json', { schema: { hide: true } }, () => app.swagger());
  await app.register(swaggerUi, {
    routePrefix: '/docs',
    staticCSP: DOCS_CONTENT_SECURITY_POLICY,
    uiConfig: { url: '/openapi.json', validatorUrl: null, supportedSubmitMethods: ['get'] },
  });
}
