import { accessSync, constants, existsSync, readdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { TestKitError } from '../errors.js';

/** A ZooKeeper that is installed on this machine, with the Java that runs it. */
export interface LocalInstallation {
  /** Where it was found, for messages. */
  readonly origin: string;
  readonly javaCommand: string;
  readonly classPath: readonly string[];
}

/** Why there is no {@link LocalInstallation}; `reason` ends a sentence of the message that is shown for it. */
export interface MissingInstallation {
  readonly missing: 'java' | 'zookeeper';
  readonly reason: string;
}

type Environment = Readonly<Record<string, string | undefined>>;

const DEBIAN_JAR = '/usr/share/java/zookeeper.jar';
/**
 * What Debian's jar does not name itself, where it is there: a logging back end, which logs to the standard error without
 * a configuration file, and the half of Netty that `NettyServerCnxnFactory` (TLS) lacks.
 */
const DEBIAN_FURTHER_JARS = ['slf4j-simple', 'netty-codec', 'netty-resolver'].map(
  (name) => `/usr/share/java/${name}.jar`,
);

/**
 * Looks for the server's classes (`ZOOKEEPER_HOME`, an unpacked Apache release, else Debian's package
 * libzookeeper-java) and for Java (`JAVA_HOME`, else the `PATH`).
 *
 * @throws TestKitError `INSTALLATION_INVALID` when `ZOOKEEPER_HOME` is set to a folder without ZooKeeper's jars
 */
export function findLocalInstallation(env: Environment): LocalInstallation | MissingInstallation {
  const classes = findClasses(env);
  if (!classes) {
    return {
      missing: 'zookeeper',
      reason: `ZOOKEEPER_HOME is not set and ${DEBIAN_JAR} (Debian package zookeeper) does not exist`,
    };
  }
  const javaCommand = findJava(env);
  if (javaCommand === undefined) {
    return {
      missing: 'java',
      reason: `ZooKeeper is installed (${classes.origin}), but there is no java in JAVA_HOME or on the PATH`,
    };
  }
  return { ...classes, javaCommand };
}

function findClasses(env: Environment): Pick<LocalInstallation, 'origin' | 'classPath'> | undefined {
  const home = env.ZOOKEEPER_HOME;
  if (home !== undefined && home !== '') {
    // Releases up to 3.4 keep the server's own jar beside lib/, later ones inside it.
    const classPath = [...jarsOf(home), ...jarsOf(join(home, 'lib'))];
    if (!classPath.some((jar) => /[/\\]zookeeper(-[\d.]+)?\.jar$/.test(jar))) {
      throw new TestKitError(
        'INSTALLATION_INVALID',
        `ZOOKEEPER_HOME is '${home}', but there is no zookeeper-<version>.jar in '${join(home, 'lib')}'. ` +
          `Set it to the folder of an unpacked Apache ZooKeeper release (apache-zookeeper-<version>-bin), or unset it`,
      );
    }
    return { origin: `ZOOKEEPER_HOME=${home}`, classPath };
  }
  if (!existsSync(DEBIAN_JAR)) return undefined;
  return {
    origin: DEBIAN_JAR,
    classPath: [...DEBIAN_FURTHER_JARS.filter((jar) => existsSync(jar)), DEBIAN_JAR],
  };
}

function jarsOf(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => name.endsWith('.jar'))
    .sort()
    .map((name) => join(folder, name));
}

function findJava(env: Environment): string | undefined {
  const folders = [
    ...(env.JAVA_HOME ? [join(env.JAVA_HOME, 'bin')] : []),
    ...(env.PATH ?? '').split(delimiter).filter((folder) => folder !== ''),
  ];
  return folders.map((folder) => join(folder, 'java')).find(isExecutable);
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
