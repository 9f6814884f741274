// Loggers read their level when they are made, which is when the functions are imported: import this before them.
process.env['POWERTOOLS_LOG_LEVEL'] ??= 'WARN';
