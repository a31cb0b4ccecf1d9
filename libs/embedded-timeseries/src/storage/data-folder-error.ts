/** Base of the errors that refuse a data folder; nothing in the folder was changed. */
export class DataFolderError extends Error {
  override readonly name: string = 'DataFolderError';
  readonly code: string = 'DATA_FOLDER';
}

/** The folder holds something else. */
export class ForeignDataFolderError extends DataFolderError {
  override readonly name = 'ForeignDataFolderError';
  override readonly code = 'DATA_FOLDER_FOREIGN';
}

/** What is in the folder cannot be read. */
export class DamagedDataFolderError extends DataFolderError {
  override readonly name = 'DamagedDataFolderError';
  override readonly code = 'DATA_FOLDER_DAMAGED';
}

/** Another process uses the folder. */
export class DataFolderInUseError extends DataFolderError {
  override readonly name = 'DataFolderInUseError';
  override readonly code = 'DATA_FOLDER_IN_USE';
}
