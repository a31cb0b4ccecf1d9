/** Addresses of one server of an ensemble; the quorum and election ports are used among the servers alone. */
export interface ServerPorts {
  readonly client: number;
  readonly quorum: number;
  readonly election: number;
}

/** What `zoo.cfg` is made of. */
export interface ServerConfiguration {
  readonly dataFolder: string;
  readonly host: string;
  /** Index of this server in `ensemble`. */
  readonly index: number;
  /** Where this server reaches each of them; of its own ports it listens on those. */
  readonly ensemble: readonly ServerPorts[];
  readonly tickTimeMs: number;
  readonly overrides: Readonly<Record<string, string | number | boolean>>;
}

/** Text of a development server's `zoo.cfg`: quick to start, without fsync, all four letter words. */
export function zooCfg(configuration: ServerConfiguration): string {
  const { dataFolder, host, index, ensemble, tickTimeMs, overrides } = configuration;
  const settings: Record<string, string | number | boolean> = {
    dataDir: dataFolder,
    clientPort: ensemble[index]?.client ?? 0,
    clientPortAddress: host,
    tickTime: tickTimeMs,
    maxSessionTimeout: 60_000,
    maxClientCnxns: 0,
    '4lw.commands.whitelist': '*',
    'admin.enableServer': false,
    // Data that outlives a killed process, not a power cut: a development server need not wait for the disk.
    forceSync: 'no',
    preAllocSize: 1024,
    'autopurge.purgeInterval': 0,
  };
  if (ensemble.length > 1) {
    // 10 s to join and catch up; a paused leader is given up after 2.5 s (with ticks of 500 ms).
    settings.initLimit = 20;
    settings.syncLimit = 5;
    ensemble.forEach((ports, position) => {
      settings[`server.${position + 1}`] = `${host}:${ports.quorum}:${ports.election}`;
    });
  }
  return Object.entries({ ...settings, ...overrides })
    .map(([key, value]) => `${key}=${value}\n`)
    .join('');
}

/** Options of the Java machine that make a small server start fast. */
export const DEFAULT_JAVA_OPTIONS: readonly string[] = [
  '-Xms32m',
  '-Xmx256m',
  '-XX:+UseSerialGC',
  '-XX:TieredStopAtLevel=1',
  '-XX:-UsePerfData',
  '-Xshare:auto',
  '-Djava.awt.headless=true',
  '-Dzookeeper.jmx.log4j.disable=true',
  '-Dorg.slf4j.simpleLogger.showDateTime=true',
  '-Dorg.slf4j.simpleLogger.dateTimeFormat=HH:mm:ss.SSS',
];

/**
 * Further options where the links between the servers are interrupted: a server that looked for a leader in vain asks
 * again after a second, not after up to a minute, so that a healed ensemble is soon whole.
 */
export const PARTITIONABLE_JAVA_OPTIONS: readonly string[] = [
  '-Dzookeeper.fastleader.maxNotificationInterval=1000',
];

/**
 * Configuration files of the logging back ends that Apache's releases ship (logback from 3.8, log4j before), which log
 * everything without them.
 */
export const LOGGING_FILES: Readonly<Record<string, string>> = {
  'logback.xml': `<configuration>
  <appender name="CONSOLE" class="ch.qos.logback.core.ConsoleAppender">
    <encoder><pattern>%d{HH:mm:ss.SSS} [%thread] %-5level %logger{0} - %msg%n</pattern></encoder>
  </appender>
  <root level="INFO"><appender-ref ref="CONSOLE" /></root>
</configuration>
`,
  'log4j.properties': `log4j.rootLogger=INFO, CONSOLE
log4j.appender.CONSOLE=org.apache.log4j.ConsoleAppender
log4j.appender.CONSOLE.layout=org.apache.log4j.PatternLayout
log4j.appender.CONSOLE.layout.ConversionPattern=%d{ABSOLUTE} [%t] %-5p %c{1} - %m%n
`,
};
