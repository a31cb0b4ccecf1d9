import { type SensorState } from '@atalaya/contracts';
import { type Language } from './language.js';

/** The texts of the pages; `{…}` are places for values, filled in by {@link fill}. */
export interface PageTexts {
  title: string;
  server: string;
  measurement: string;
  noMeasurements: string;
  newestShown: string;
  insert: string;
  clear: string;
  valueLabel: string;
  tokenLabel: string;
  tokenHint: string;
  viewAnomalies: string;
  viewMeasurements: string;
  groupLabel: string;
  showGroup: string;
  status: string;
  leader: string;
  leaderSince: string;
  noLeader: string;
  newestMean: string;
  sensors: string;
  sensor: string;
  noSensors: string;
  moreSensors: string;
  value: string;
  timestamp: string;
  state: string;
  states: Readonly<Record<SensorState, string>>;
  anomaliesTitle: string;
  noAnomalies: string;
  series: string;
  mean: string;
  expected: string;
  score: string;
  method: string;
  methods: Readonly<Record<string, string>>;
  sensorsNotCovered: string;
  live: string;
  notLive: string;
  storeAway: string;
  measurements: string;
  errorTitle: string;
  back: string;
  errors: Readonly<Record<number, string>>;
}

const ENGLISH: PageTexts = {
  title: 'Measurements of {group}',
  server: 'Server: {host}',
  measurement: 'Measurement {n}: Timestamp: {timestamp}, Value: {value}',
  noMeasurements: 'There are no measurements yet.',
  newestShown: 'The newest {count} are shown.',
  insert: 'Insert',
  clear: 'Clear',
  valueLabel: 'Value',
  tokenLabel: 'Token',
  tokenHint: 'Writing needs the token of this server; it is asked for once.',
  viewAnomalies: 'View anomaly data',
  viewMeasurements: 'View measurements',
  groupLabel: 'Group',
  showGroup: 'Show',
  status: 'Status',
  leader: 'Leader',
  leaderSince: '{leader}, since {since}',
  noLeader: 'none yet',
  newestMean: 'Newest mean',
  sensors: 'Sensors',
  sensor: 'Sensor',
  noSensors: 'No sensors have been reported yet.',
  moreSensors: '{shown} of {total} sensors are shown, those in trouble first.',
  value: 'Value',
  timestamp: 'Timestamp',
  state: 'State',
  states: { ok: 'ok', stale: 'stale', invalid: 'invalid', gone: 'gone' },
  anomaliesTitle: 'Anomalies of {group}',
  noAnomalies: 'No anomalies were found in the newest measurements.',
  series: 'Series',
  mean: 'mean',
  expected: 'Expected',
  score: 'Score',
  method: 'Method',
  methods: { hampel: 'its own past', peers: 'the other sensors' },
  sensorsNotCovered:
    'The group has too many sensors to look at all of them here; only the mean was looked at.',
  live: 'live',
  notLive: 'not connected; trying again',
  storeAway: 'the store of measurements is not available; trying again',
  measurements: 'Measurements',
  errorTitle: 'This did not work',
  back: 'Back to the measurements',
  errors: {
    400: 'The input is not valid.',
    401: 'The token is missing or not right.',
    403: 'The form has expired. Go back, reload the page and try again.',
    429: 'Too many requests. Wait a moment and try again.',
    503: 'The store of measurements is not available now. Nothing was changed. Try again in a moment.',
  },
};

const SPANISH: PageTexts = {
  title: 'Mediciones de {group}',
  server: 'Servidor: {host}',
  measurement: 'Medición {n}: Timestamp: {timestamp}, Valor: {value}',
  noMeasurements: 'Todavía no hay mediciones.',
  newestShown: 'Se muestran las {count} más recientes.',
  insert: 'Insertar',
  clear: 'Limpiar',
  valueLabel: 'Valor',
  tokenLabel: 'Token',
  tokenHint: 'Para escribir hace falta el token de este servidor; se pide una sola vez.',
  viewAnomalies: 'Ver datos de anomalías',
  viewMeasurements: 'Ver mediciones',
  groupLabel: 'Grupo',
  showGroup: 'Mostrar',
  status: 'Estado',
  leader: 'Líder',
  leaderSince: '{leader}, desde {since}',
  noLeader: 'todavía ninguno',
  newestMean: 'Media más reciente',
  sensors: 'Sensores',
  sensor: 'Sensor',
  noSensors: 'Todavía no se ha informado de ningún sensor.',
  moreSensors: 'Se muestran {shown} de {total} sensores, primero los que tienen problemas.',
  value: 'Valor',
  timestamp: 'Timestamp',
  state: 'Estado',
  states: { ok: 'correcto', stale: 'desactualizado', invalid: 'no válido', gone: 'desaparecido' },
  anomaliesTitle: 'Anomalías de {group}',
  noAnomalies: 'No se encontraron anomalías en las mediciones más recientes.',
  series: 'Serie',
  mean: 'media',
  expected: 'Esperado',
  score: 'Puntuación',
  method: 'Método',
  methods: { hampel: 'su propio pasado', peers: 'los demás sensores' },
  sensorsNotCovered:
    'El grupo tiene demasiados sensores para examinarlos todos aquí; solo se examinó la media.',
  live: 'en vivo',
  notLive: 'sin conexión; reintentando',
  storeAway: 'el almacén de mediciones no está disponible; reintentando',
  measurements: 'Mediciones',
  errorTitle: 'No ha funcionado',
  back: 'Volver a las mediciones',
  errors: {
    400: 'La entrada no es válida.',
    401: 'Falta el token o no es correcto.',
    403: 'El formulario ha caducado. Vuelva atrás, recargue la página e inténtelo de nuevo.',
    429: 'Demasiadas peticiones. Espere un momento e inténtelo de nuevo.',
    503: 'El almacén de mediciones no está disponible ahora. No se ha cambiado nada. Inténtelo de nuevo en un momento.',
  },
};

export const PAGE_TEXTS: Readonly<Record<Language, PageTexts>> = { en: ENGLISH, es: SPANISH };

/** Puts values into the places of a text. */
export function fill(text: string, values: Readonly<Record<string, string | number>>): string {
  return text.replace(/\{(\w+)\}/g, (place, name: string) => String(values[name] ?? place));
}
